package dev.halcyon.app.config;

import dev.halcyon.clip.decode.DecodeLimits;

/** Limits on one image, checked before it is decoded. */
public record ImagesConfig(
    @Setting("Most encoded bytes of an image, at least 1.") int maxBytes,
    @Setting("Most pixels of an image, width times height, as its header states; at least 1.")
        long maxPixels) {
  public ImagesConfig {
    new DecodeLimits(maxBytes, maxPixels);
  }

  public static ImagesConfig defaults() {
    return new ImagesConfig(DecodeLimits.DEFAULT.maxBytes(), DecodeLimits.DEFAULT.maxPixels());
  }

  /** The decoder's limits. */
  public DecodeLimits limits() {
    return new DecodeLimits(maxBytes, maxPixels);
  }
}
