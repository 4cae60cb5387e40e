package dev.halcyon.clip;

/**
 * How written text is looked for, where a label set asks for it.
 *
 * @param enabled whether at all: off, no evidence of text is made whatever label sets ask
 * @param sidePixels side of the square the detector sees a picture on, a multiple of 32, 256 to
 *     1,536; smaller is faster and misses small writing
 * @param threads pictures looked at in parallel on the CPU; 0 takes one a processor, at most 8.
 *     Without meaning on a GPU, where they go in batches
 * @param maxReadLines most lines read in a picture, the largest first, 0 to 256; 0 reads none, and
 *     boxes are found all the same
 */
public record TextSettings(boolean enabled, int sidePixels, int threads, int maxReadLines) {
  private static final int STEP = 32;

  public TextSettings {
    if (sidePixels < 256 || sidePixels > 1536 || sidePixels % STEP != 0) {
      throw new IllegalArgumentException(
          "sidePixels " + sidePixels + " cannot be used: give a multiple of 32 from 256 to 1536");
    }
    check(threads >= 0 && threads <= 256, "threads", threads, "give 0 to 256");
    check(maxReadLines >= 0 && maxReadLines <= 256, "maxReadLines", maxReadLines, "give 0 to 256");
  }

  /** What suits most pictures: a word of a thirtieth of the picture's height is found. */
  public static TextSettings defaults() {
    return new TextSettings(true, 512, 0, 16);
  }

  private static void check(boolean valid, String name, int value, String remedy) {
    if (!valid) {
      throw new IllegalArgumentException(name + " " + value + " is out of range: " + remedy);
    }
  }
}
