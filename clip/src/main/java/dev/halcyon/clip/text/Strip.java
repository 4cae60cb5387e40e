package dev.halcyon.clip.text;

import dev.halcyon.clip.decode.RgbImage;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A line of writing, or a piece of one, turned upright and brought to the reader's height. */
final class Strip {
  static final int HEIGHT = 48;
  static final int WIDTH = 320;

  /** A cut is looked for in the last so many columns of a full strip. */
  private static final int CUT_ROOM = WIDTH / 4;

  /** Most pieces of one line; what is longer is squeezed into them. */
  private static final int MOST_PIECES = 4;

  private static final int MOST_SAMPLES = 6;

  /** Columns of the gap between two words. */
  private static final int GAP = 11;

  /** A gap has at most this share of the ink that columns have on average. */
  private static final double LITTLE_INK = 0.1;

  private final int width;
  private final float[] bgr;
  private final boolean beginsWord;

  private Strip(int width, float[] bgr, boolean beginsWord) {
    this.width = width;
    this.bgr = bgr;
    this.beginsWord = beginsWord;
  }

  /** The strips of one line, in the order of reading. */
  static List<Strip> of(RgbImage picture, TextLine line) {
    double ratio = line.length() / Math.max(1e-3, line.thickness());
    int width =
        (int) Math.max(8, Math.min((double) WIDTH * MOST_PIECES, Math.rint(HEIGHT * ratio)));
    Strip whole = new Strip(width, sample(picture, line, width), true);
    if (width <= WIDTH) {
      return List.of(whole);
    }
    double[] ink = whole.ink();
    double little = LITTLE_INK * GAP * Arrays.stream(ink).average().orElse(0);
    List<Strip> pieces = new ArrayList<>();
    int from = 0;
    boolean beginsWord = true;
    while (from < width && pieces.size() < MOST_PIECES) {
      int to = width;
      boolean gap = true;
      if (width - from > WIDTH) {
        to = from + WIDTH;
        double least = Double.POSITIVE_INFINITY;
        for (int x = from + WIDTH - CUT_ROOM; x < from + WIDTH - GAP / 2; x++) {
          double around = 0;
          for (int at = x - GAP / 2; at <= x + GAP / 2; at++) {
            around += ink[at];
          }
          if (around <= least) {
            least = around;
            to = x;
          }
        }
        gap = least <= little;
      }
      pieces.add(whole.piece(from, to, beginsWord));
      beginsWord = gap;
      from = to;
    }
    return pieces;
  }

  /** Whether a word begins with it, rather than going on from the strip before. */
  boolean beginsWord() {
    return beginsWord;
  }

  /** Writes it as the reader wants it: blue, green, red, in [-1, 1], padded with grey. */
  void writeTo(FloatBuffer out) {
    for (int channel = 0; channel < 3; channel++) {
      for (int y = 0; y < HEIGHT; y++) {
        out.put(bgr, (channel * HEIGHT + y) * width, width);
        for (int x = width; x < WIDTH; x++) {
          out.put(0);
        }
      }
    }
  }

  /** By column, how much its brightness changes from top to bottom. */
  private double[] ink() {
    double[] ink = new double[width];
    for (int y = 1; y < HEIGHT; y++) {
      for (int x = 0; x < width; x++) {
        int at = (HEIGHT + y) * width + x;
        ink[x] += Math.abs(bgr[at] - bgr[at - width]);
      }
    }
    return ink;
  }

  private Strip piece(int from, int to, boolean begins) {
    int columns = to - from;
    float[] part = new float[3 * HEIGHT * columns];
    for (int row = 0; row < 3 * HEIGHT; row++) {
      System.arraycopy(bgr, row * width + from, part, row * columns, columns);
    }
    return new Strip(columns, part, begins);
  }

  /** Turns the line upright, each pixel the mean of so many points as the line shrinks by. */
  private static float[] sample(RgbImage picture, TextLine line, int width) {
    float[] bgr = new float[3 * HEIGHT * width];
    int samples = (int) Math.max(1, Math.min(MOST_SAMPLES, Math.ceil(line.thickness() / HEIGHT)));
    double cos = Math.cos(line.radians());
    double sin = Math.sin(line.radians());
    float[] sum = new float[3];
    for (int y = 0; y < HEIGHT; y++) {
      for (int x = 0; x < width; x++) {
        Arrays.fill(sum, 0);
        for (int sy = 0; sy < samples; sy++) {
          double across = ((y + (sy + 0.5) / samples) / HEIGHT - 0.5) * line.thickness();
          for (int sx = 0; sx < samples; sx++) {
            double along = ((x + (sx + 0.5) / samples) / width - 0.5) * line.length();
            add(
                picture,
                line.centreX() + along * cos - across * sin - 0.5,
                line.centreY() + along * sin + across * cos - 0.5,
                sum);
          }
        }
        for (int channel = 0; channel < 3; channel++) {
          bgr[(channel * HEIGHT + y) * width + x] =
              sum[2 - channel] / (samples * samples) / 127.5f - 1;
        }
      }
    }
    return bgr;
  }

  /** Adds the colour at a point between pixels; beyond the edge its colour goes on. */
  private static void add(RgbImage picture, double x, double y, float[] sum) {
    int maxX = picture.width() - 1;
    int maxY = picture.height() - 1;
    double left = Math.max(0, Math.min(maxX, x));
    double top = Math.max(0, Math.min(maxY, y));
    int x0 = (int) left;
    int y0 = (int) top;
    int x1 = Math.min(maxX, x0 + 1);
    int y1 = Math.min(maxY, y0 + 1);
    float fx = (float) (left - x0);
    float fy = (float) (top - y0);
    byte[] rgb = picture.rgb();
    for (int channel = 0; channel < 3; channel++) {
      float a = rgb[3 * (y0 * picture.width() + x0) + channel] & 0xFF;
      float b = rgb[3 * (y0 * picture.width() + x1) + channel] & 0xFF;
      float c = rgb[3 * (y1 * picture.width() + x0) + channel] & 0xFF;
      float d = rgb[3 * (y1 * picture.width() + x1) + channel] & 0xFF;
      sum[channel] += (a + (b - a) * fx) * (1 - fy) + (c + (d - c) * fx) * fy;
    }
  }
}
