package dev.halcyon.clip;

/** What became of one image: {@link Evidence}, or {@link Rejected} where the image is unusable. */
public sealed interface Outcome permits Evidence, Rejected {}
