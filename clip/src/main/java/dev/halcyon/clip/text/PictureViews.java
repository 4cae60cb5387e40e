package dev.halcyon.clip.text;

import dev.halcyon.clip.decode.RgbImage;
import java.util.Arrays;

/** Pictures made from one picture, to be embedded beside it. Pure functions. */
final class PictureViews {
  /** Middle grey says least to any encoder. */
  private static final byte NEUTRAL = (byte) 128;

  /** A margin of the writing's canvas is half of one in so many parts of its longer side. */
  private static final int MARGINS_PER_SIDE = 6;

  private PictureViews() {}

  /** Without its writing. */
  static RgbImage masked(RgbImage picture, TextMask text) {
    return SurroundingFill.fill(picture, text);
  }

  /**
   * Its writing alone on a neutral square, as large as the square allows: whatever part of a
   * picture an encoder crops, it sees all of it.
   *
   * @param text not empty
   */
  static RgbImage textOnly(RgbImage picture, TextMask text) {
    TextMask.Box box = text.box();
    int longer = Math.max(box.width(), box.height());
    int side = longer + Math.max(2, longer / MARGINS_PER_SIDE);
    int left = (side - box.width()) / 2 - box.left();
    int top = (side - box.height()) / 2 - box.top();
    byte[] rgb = new byte[Math.multiplyExact(3, Math.multiplyExact(side, side))];
    Arrays.fill(rgb, NEUTRAL);
    int width = picture.width();
    for (int at = text.pixels().nextSetBit(0); at >= 0; at = text.pixels().nextSetBit(at + 1)) {
      int to = (at / width + top) * side + at % width + left;
      System.arraycopy(picture.rgb(), 3 * at, rgb, 3 * to, 3);
    }
    return new RgbImage(side, side, rgb);
  }

  /** Left and right exchanged. */
  static RgbImage mirrored(RgbImage picture) {
    int width = picture.width();
    byte[] from = picture.rgb();
    byte[] to = new byte[from.length];
    for (int y = 0; y < picture.height(); y++) {
      int row = 3 * y * width;
      for (int x = 0; x < width; x++) {
        System.arraycopy(from, row + 3 * x, to, row + 3 * (width - 1 - x), 3);
      }
    }
    return new RgbImage(width, picture.height(), to);
  }

  /**
   * The picture smaller by a whole number, means of pixels, so that its shorter side keeps at least
   * so many; the picture itself where it has fewer than twice as many.
   */
  static RgbImage reduced(RgbImage picture, int shortSide) {
    int factor = Math.min(picture.width(), picture.height()) / Math.max(1, shortSide);
    if (factor < 2) {
      return picture;
    }
    int width = picture.width() / factor;
    int height = picture.height() / factor;
    byte[] rgb = new byte[3 * width * height];
    int[] sums = new int[3 * width];
    int full = factor * factor;
    for (int y = 0; y < height; y++) {
      Arrays.fill(sums, full / 2);
      for (int dy = 0; dy < factor; dy++) {
        int row = 3 * (y * factor + dy) * picture.width();
        for (int x = 0; x < width * factor; x++) {
          int to = 3 * (x / factor);
          int at = row + 3 * x;
          sums[to] += picture.rgb()[at] & 0xFF;
          sums[to + 1] += picture.rgb()[at + 1] & 0xFF;
          sums[to + 2] += picture.rgb()[at + 2] & 0xFF;
        }
      }
      for (int i = 0; i < sums.length; i++) {
        rgb[3 * y * width + i] = (byte) (sums[i] / full);
      }
    }
    return new RgbImage(width, height, rgb);
  }
}
