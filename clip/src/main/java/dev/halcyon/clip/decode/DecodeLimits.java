package dev.halcyon.clip.decode;

/**
 * Limits on one encoded image, checked against its bytes and its header before anything is decoded.
 *
 * @param maxBytes most encoded bytes, at least 1
 * @param maxPixels most pixels (width x height; for an animation, of its canvas), at least 1
 */
public record DecodeLimits(int maxBytes, long maxPixels) {
  /** 32 MiB encoded, 100 megapixels. */
  public static final DecodeLimits DEFAULT = new DecodeLimits(32 << 20, 100_000_000L);

  public DecodeLimits {
    if (maxBytes < 1) {
      throw new IllegalArgumentException("maxBytes " + maxBytes + " is below 1");
    }
    if (maxPixels < 1 || maxPixels > MAX_PIXELS) {
      throw new IllegalArgumentException(
          "maxPixels " + maxPixels + " is outside [1, " + MAX_PIXELS + "]");
    }
  }

  /** Three bytes a pixel must fit one array. */
  private static final long MAX_PIXELS = 700_000_000L;
}
