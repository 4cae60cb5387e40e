package dev.halcyon.labels;

/** What to do when a label fires, from mildest to strongest. */
public enum Action {
  @Field("only tag")
  TAG,
  @Field("tag, and alert so that a person looks")
  REVIEW,
  @Field("tag, and alert so that the image is blocked")
  BLOCK
}
