package dev.halcyon.app.decision;

/** Warnings a decision carries. The names are those of the events. */
public enum Flag {
  /** Only written text made the label fire. */
  INFLATED,
  /** Only written text kept the label from firing. */
  SUPPRESSED,
  /** Masking the text changes the winner of an exclusive group. */
  TOP1_FLIP,
  /** Text covers more than half of the image: no claim of an attack is made. */
  TEXT_DOMINANT,
  /** The decision changes when group terms are projected out of the label. */
  BIAS_FRAGILE
}
