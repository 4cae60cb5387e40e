package dev.halcyon.labels;

/** What to do when a label fires, from mildest to strongest. */
public enum Action {
  /** Only tag. */
  TAG,
  /** Tag, and alert so that a person looks. */
  REVIEW,
  /** Tag, and alert so that the image is blocked. */
  BLOCK
}
