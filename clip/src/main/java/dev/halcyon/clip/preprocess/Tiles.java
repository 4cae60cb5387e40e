package dev.halcyon.clip.preprocess;

import dev.halcyon.clip.decode.RgbImage;
import java.util.AbstractList;
import java.util.List;

/** The squares a long picture is looked at in. */
final class Tiles extends AbstractList<RgbImage> {
  /** Bounds what one upload can cost. */
  static final int MAX_TILES = 16;

  private final RgbImage image;
  private final boolean wide;
  private final int longSide;
  private final int shortSide;
  private final int count;

  /** Length of a tile along the picture's longer side, at least the shorter side. */
  private final int length;

  private Tiles(RgbImage image) {
    this.image = image;
    this.wide = image.width() > image.height();
    this.longSide = Math.max(image.width(), image.height());
    this.shortSide = Math.min(image.width(), image.height());
    this.count = Math.min(MAX_TILES, -Math.floorDiv(-longSide, shortSide));
    this.length = Math.max(shortSide, -Math.floorDiv(-longSide, count));
  }

  static List<RgbImage> of(RgbImage image, double maxAspect) {
    int longSide = Math.max(image.width(), image.height());
    int shortSide = Math.min(image.width(), image.height());
    return longSide > maxAspect * shortSide ? new Tiles(image) : List.of(image);
  }

  @Override
  public int size() {
    return count;
  }

  @Override
  public RgbImage get(int index) {
    if (index < 0 || index >= count) {
      throw new IndexOutOfBoundsException("tile " + index + " of " + count);
    }
    int start = (int) Math.round((double) index * (longSide - length) / (count - 1));
    byte[] square = new byte[Math.multiplyExact(3, Math.multiplyExact(length, length))];
    int margin = (length - shortSide) / 2;
    int rows = wide ? shortSide : length;
    int rowBytes = 3 * (wide ? length : shortSide);
    for (int row = 0; row < rows; row++) {
      int from = wide ? 3 * (row * image.width() + start) : 3 * (start + row) * image.width();
      int to = wide ? 3 * (margin + row) * length : 3 * (row * length + margin);
      System.arraycopy(image.rgb(), from, square, to, rowBytes);
    }
    return new RgbImage(length, length, square);
  }
}
