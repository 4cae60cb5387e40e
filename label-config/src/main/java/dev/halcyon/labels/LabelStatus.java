package dev.halcyon.labels;

/** Life of a label or a label set, in order of liveliness. */
public enum LabelStatus {
  @Field("being written: not scored")
  DRAFT,
  @Field("no longer wanted: not scored, kept for its history")
  RETIRED,
  @Field("scored and counted on live traffic, acted on never")
  SHADOW,
  @Field("acted on for a stable share of image ids, shadow for the rest")
  CANARY,
  @Field("acted on")
  ACTIVE
}
