package dev.halcyon.clip.text;

import java.util.BitSet;
import java.util.List;

/**
 * Which pixels of a picture belong to writing. Not written to once made.
 *
 * @param width of the picture
 * @param height of the picture
 * @param pixels by row, then column
 */
record TextMask(int width, int height, BitSet pixels) {
  /**
   * How far a mask reaches beyond a line, as a share of its thickness: ascenders and slanted
   * handwriting leave the detector's rectangle.
   */
  private static final double DILATION = 0.15;

  /** The pixels of lines, and a margin around them. */
  static TextMask of(List<TextLine> lines, int width, int height) {
    BitSet pixels = new BitSet(width * height);
    for (TextLine line : lines) {
      add(dilated(line), width, height, pixels);
    }
    return new TextMask(width, height, pixels);
  }

  /** The pixels of one line, without a margin. */
  static TextMask exactly(TextLine line, int width, int height) {
    BitSet pixels = new BitSet(width * height);
    add(line, width, height, pixels);
    return new TextMask(width, height, pixels);
  }

  /** A line with the margin a mask has around it. */
  static TextLine dilated(TextLine line) {
    return line.grown(DILATION * line.thickness());
  }

  private static void add(TextLine line, int width, int height, BitSet pixels) {
    TextLine.Bounds bounds = line.bounds();
    int left = (int) Math.max(0, Math.floor(bounds.x1()));
    int right = (int) Math.min(width, Math.ceil(bounds.x2()));
    int top = (int) Math.max(0, Math.floor(bounds.y1()));
    int bottom = (int) Math.min(height, Math.ceil(bounds.y2()));
    double cos = Math.cos(line.radians());
    double sin = Math.sin(line.radians());
    for (int y = top; y < bottom; y++) {
      double dy = y + 0.5 - line.centreY();
      for (int x = left; x < right; x++) {
        double dx = x + 0.5 - line.centreX();
        if (Math.abs(dx * cos + dy * sin) <= line.length() / 2
            && Math.abs(dy * cos - dx * sin) <= line.thickness() / 2) {
          pixels.set(y * width + x);
        }
      }
    }
  }

  boolean covers(int x, int y) {
    return pixels.get(y * width + x);
  }

  /** Share of the picture it covers, in [0, 1]. */
  float areaFraction() {
    return (float) ((double) pixels.cardinality() / ((double) width * height));
  }

  /** Whole pixels. */
  record Box(int left, int top, int width, int height) {}

  /** The smallest box that holds all of a mask that is not empty. */
  Box box() {
    int left = width;
    int right = -1;
    for (int at = pixels.nextSetBit(0); at >= 0; at = pixels.nextSetBit(at + 1)) {
      left = Math.min(left, at % width);
      right = Math.max(right, at % width);
    }
    int top = pixels.nextSetBit(0) / width;
    int bottom = pixels.previousSetBit(width * height) / width;
    return new Box(left, top, right - left + 1, bottom - top + 1);
  }
}
