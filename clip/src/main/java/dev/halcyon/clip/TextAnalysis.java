package dev.halcyon.clip;

/** How much work to spend on written text in an image. */
public enum TextAnalysis {
  /** None. */
  OFF,
  /** Only where a cheap look at the image suggests text. */
  LIKELY,
  /** Always. */
  ALWAYS
}
