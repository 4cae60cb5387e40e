package dev.halcyon.clip.decode;

/**
 * Limits on one encoded image, checked against its bytes and its header before anything is decoded.
 *
 * @param maxBytes most encoded bytes, at least 1
 * @param maxPixels most pixels of one picture (width x height; of an animation, its canvas)
 * @param maxAnimationPixels most pixels that all frames of an animation take to decode together,
 *     looked at only where more than the first frame is asked for
 */
public record DecodeLimits(int maxBytes, long maxPixels, long maxAnimationPixels) {
  /** Four bytes a pixel must fit one array. */
  private static final long ARRAY_PIXELS = 500_000_000L;

  /** 32 MiB encoded, 100 megapixels, 500 megapixels in all frames of an animation. */
  public static final DecodeLimits DEFAULT = new DecodeLimits(32 << 20, 100_000_000L);

  public DecodeLimits {
    if (maxBytes < 1) {
      throw new IllegalArgumentException("maxBytes " + maxBytes + " is below 1");
    }
    if (maxPixels < 1 || maxPixels > ARRAY_PIXELS) {
      throw new IllegalArgumentException(
          "maxPixels " + maxPixels + " is outside [1, " + ARRAY_PIXELS + "]");
    }
    if (maxAnimationPixels < maxPixels) {
      throw new IllegalArgumentException(
          "maxAnimationPixels " + maxAnimationPixels + " is below maxPixels " + maxPixels);
    }
  }

  /** Allows an animation five times the pixels of one picture. */
  public DecodeLimits(int maxBytes, long maxPixels) {
    this(maxBytes, maxPixels, 5 * maxPixels);
  }
}
