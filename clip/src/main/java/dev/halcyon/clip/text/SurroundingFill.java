package dev.halcyon.clip.text;

import dev.halcyon.clip.decode.RgbImage;

/**
 * Fills a mask with the colours around it, by averages over ever larger cells (push and pull, Burt
 * 1988): near an edge the fill has the edge's colour, further in that of a wider surrounding. What
 * is left is smooth, and shows no trace of the strokes.
 */
final class SurroundingFill {
  /** Pixels of a cell of the finest level, in either direction. */
  private static final int CELL = 4;

  /** Where nothing but mask is: middle grey. */
  private static final float NEUTRAL = 127.5f;

  private SurroundingFill() {}

  /** A copy of a picture with the mask filled. */
  static RgbImage fill(RgbImage picture, TextMask mask) {
    if (mask.pixels().isEmpty()) {
      return picture;
    }
    Level colours = pulled(cells(picture, mask));
    byte[] filled = picture.rgb().clone();
    int width = picture.width();
    for (int at = mask.pixels().nextSetBit(0); at >= 0; at = mask.pixels().nextSetBit(at + 1)) {
      int row = at / width;
      double x = (at - row * width + 0.5) / CELL;
      double y = (row + 0.5) / CELL;
      for (int channel = 0; channel < 3; channel++) {
        filled[3 * at + channel] = (byte) Math.round(colours.at(x, y, channel));
      }
    }
    return new RgbImage(width, picture.height(), filled);
  }

  /** Mean colours of cells, with weights: how much of each is known, in [0, 1]. */
  private static final class Level {
    private final int width;
    private final int height;
    private final float[] rgb;
    private final float[] weight;

    private Level(int width, int height) {
      this.width = width;
      this.height = height;
      this.rgb = new float[3 * width * height];
      this.weight = new float[width * height];
    }

    /** The colour at a point, measured in cells, between the centres of cells. */
    private float at(double x, double y, int channel) {
      double left = Math.max(0, Math.min(width - 1, x - 0.5));
      double top = Math.max(0, Math.min(height - 1, y - 0.5));
      int x0 = (int) left;
      int y0 = (int) top;
      int x1 = Math.min(width - 1, x0 + 1);
      int y1 = Math.min(height - 1, y0 + 1);
      double fx = left - x0;
      double fy = top - y0;
      double upper = mix(y0, x0, x1, fx, channel);
      double lower = mix(y1, x0, x1, fx, channel);
      return (float) (upper + (lower - upper) * fy);
    }

    private double mix(int y, int x0, int x1, double fx, int channel) {
      float a = rgb[3 * (y * width + x0) + channel];
      float b = rgb[3 * (y * width + x1) + channel];
      return a + (b - a) * fx;
    }
  }

  private static Level cells(RgbImage picture, TextMask mask) {
    Level level =
        new Level((picture.width() + CELL - 1) / CELL, (picture.height() + CELL - 1) / CELL);
    byte[] rgb = picture.rgb();
    for (int y = 0; y < picture.height(); y++) {
      for (int x = 0; x < picture.width(); x++) {
        if (!mask.covers(x, y)) {
          int cell = y / CELL * level.width + x / CELL;
          int at = 3 * (y * picture.width() + x);
          for (int channel = 0; channel < 3; channel++) {
            level.rgb[3 * cell + channel] += rgb[at + channel] & 0xFF;
          }
          level.weight[cell]++;
        }
      }
    }
    normalize(level, CELL * CELL);
    return level;
  }

  /** Turns sums into means, and counts into shares. */
  private static void normalize(Level level, float full) {
    for (int cell = 0; cell < level.weight.length; cell++) {
      float weight = level.weight[cell];
      for (int channel = 0; channel < 3; channel++) {
        level.rgb[3 * cell + channel] =
            weight > 0 ? level.rgb[3 * cell + channel] / weight : NEUTRAL;
      }
      level.weight[cell] = Math.min(1, weight / full);
    }
  }

  /** What is not known of a cell is taken from a level half as fine. */
  private static Level pulled(Level level) {
    if (level.width == 1 && level.height == 1) {
      return level;
    }
    Level coarse = new Level((level.width + 1) / 2, (level.height + 1) / 2);
    for (int y = 0; y < level.height; y++) {
      for (int x = 0; x < level.width; x++) {
        int cell = y * level.width + x;
        int parent = y / 2 * coarse.width + x / 2;
        float weight = level.weight[cell];
        for (int channel = 0; channel < 3; channel++) {
          coarse.rgb[3 * parent + channel] += weight * level.rgb[3 * cell + channel];
        }
        coarse.weight[parent] += weight;
      }
    }
    // One known cell of four is enough for a colour of its own.
    normalize(coarse, 1);
    Level colours = pulled(coarse);
    for (int y = 0; y < level.height; y++) {
      for (int x = 0; x < level.width; x++) {
        int cell = y * level.width + x;
        float known = level.weight[cell];
        if (known < 1) {
          for (int channel = 0; channel < 3; channel++) {
            float from = colours.at((x + 0.5) / 2, (y + 0.5) / 2, channel);
            level.rgb[3 * cell + channel] =
                known * level.rgb[3 * cell + channel] + (1 - known) * from;
          }
        }
      }
    }
    return level;
  }
}
