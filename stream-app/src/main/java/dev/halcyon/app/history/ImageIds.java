package dev.halcyon.app.history;

/**
 * The image ids met so far, as 64-bit hashes in one array: at most 16 bytes an id, whatever its
 * length. Of ten million ids, two share a hash by chance once in 400,000 histories. Used by one
 * thread.
 */
final class ImageIds {
  private static final long FNV_OFFSET = 0xcbf29ce484222325L;
  private static final long FNV_PRIME = 0x100000001b3L;
  private static final long FREE = 0;

  private long[] slots = new long[1024];
  private int count;

  /** Adds an id; false where it was there before. */
  boolean add(String imageId) {
    if (2 * count >= slots.length) {
      grow();
    }
    boolean added = put(slots, hash(imageId));
    count += added ? 1 : 0;
    return added;
  }

  private void grow() {
    long[] larger = new long[2 * slots.length];
    for (long hash : slots) {
      if (hash != FREE) {
        put(larger, hash);
      }
    }
    slots = larger;
  }

  private static boolean put(long[] slots, long hash) {
    int mask = slots.length - 1;
    int at = (int) hash & mask;
    while (slots[at] != FREE) {
      if (slots[at] == hash) {
        return false;
      }
      at = (at + 1) & mask;
    }
    slots[at] = hash;
    return true;
  }

  /** FNV-1a over the characters, spread by the finaliser of SplitMix64. */
  private static long hash(String text) {
    long hash = FNV_OFFSET;
    for (int i = 0; i < text.length(); i++) {
      hash = (hash ^ text.charAt(i)) * FNV_PRIME;
    }
    hash = (hash ^ (hash >>> 30)) * 0xbf58476d1ce4e5b9L;
    hash = (hash ^ (hash >>> 27)) * 0x94d049bb133111ebL;
    hash ^= hash >>> 31;
    return hash == FREE ? 1 : hash;
  }
}
