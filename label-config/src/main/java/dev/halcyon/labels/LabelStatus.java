package dev.halcyon.labels;

/** Life of a label or a label set, in order of liveliness. */
public enum LabelStatus {
  /** Being written: not scored. */
  DRAFT,
  /** No longer wanted: not scored, kept for its history. */
  RETIRED,
  /** Scored and counted on live traffic, acted on never. */
  SHADOW,
  /** Acted on for a stable share of image ids, shadow for the rest. */
  CANARY,
  /** Acted on. */
  ACTIVE
}
