package dev.halcyon.app.decision;

/**
 * Whether an image falls into a canary share. The answer depends on the words given and on nothing
 * else: not on the version, the instance or the day. A larger share holds every smaller one.
 */
public final class StableShare {
  private static final long FNV_OFFSET = 0xcbf29ce484222325L;
  private static final long FNV_PRIME = 0x100000001b3L;

  private StableShare() {}

  /**
   * Whether an image is in the share.
   *
   * @param salt what the share is of; shares of different salts are independent
   * @param imageId identity of the image
   * @param percent size of the share, in [0, 100]
   */
  public static boolean holds(String salt, String imageId, double percent) {
    long hash = mix(add(add(add(FNV_OFFSET, salt), "/"), imageId));
    double position = (hash >>> 11) * 0x1.0p-53;
    return position * 100 < percent;
  }

  /** FNV-1a over the characters. */
  private static long add(long hash, String text) {
    long result = hash;
    for (int i = 0; i < text.length(); i++) {
      result = (result ^ text.charAt(i)) * FNV_PRIME;
    }
    return result;
  }

  /** The finaliser of SplitMix64: FNV alone leaves ids that end alike close together. */
  private static long mix(long hash) {
    long z = hash;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
