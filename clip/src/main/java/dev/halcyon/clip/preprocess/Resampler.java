package dev.halcyon.clip.preprocess;

import dev.halcyon.clip.decode.RgbImage;
import java.util.Arrays;

/**
 * Resizes a picture as Pillow does: rows first, rounded to 8 bits, then columns. Only what the
 * wanted output needs is read and computed.
 *
 * <p>It goes through the picture in strips of some rows, laid out by columns. In both directions an
 * output is then a sum of whole arrays, each times one weight. Of such a loop the JIT compiler
 * makes vector instructions, as long as all arrays are different ones and begin at 0; with offsets
 * into one large array, or with the sum in a variable, it does not. Memory depends on the picture's
 * width and on the output's size.
 *
 * <p>Scratch memory of one thread; not safe for two.
 */
final class Resampler {
  /** Receives the output, row by row from the top. */
  @FunctionalInterface
  interface RowSink {
    /**
     * @param row from 0
     * @param sums red, green, blue of each pixel as {@link #pixel} takes them
     */
    void accept(int row, int[] sums);
  }

  private static final int HALF = 1 << (Kernel.FRACTION_BITS - 1);

  /** Most numbers of a strip, so that it stays in a processor's own cache. */
  private static final int STRIP = 1 << 17;

  /** A loop over fewer is not worth vectors. */
  private static final int LEAST_ROWS = 8;

  private static final int MOST_ROWS = 64;
  private static final int[] NONE = {};

  /** Of each column the strip's rows, red, green and blue of each. */
  private int[][] strip = new int[0][];

  /** Of one output column the same. */
  private int[] narrow = new int[0];

  /** The strip's rows at the output's width. */
  private int[][] shrunk = new int[0][];

  /** The output's rows. */
  private int[][] sums = new int[0][];

  /** Rounds a sum of weighted pixels to 8 bits. */
  static int pixel(int sum) {
    int value = sum >> Kernel.FRACTION_BITS;
    return Math.max(0, Math.min(255, value));
  }

  void resize(RgbImage image, Kernel columns, Kernel rows, RowSink sink) {
    int width = 3 * columns.count();
    int height = rows.count();
    int firstColumn = columns.start(0);
    int inputs = columns.end(columns.count() - 1) - firstColumn;
    int most = Math.max(LEAST_ROWS, Math.min(MOST_ROWS, STRIP / (3 * inputs)));
    strip = grown(strip, inputs, 3 * most);
    narrow = grown(narrow, 3 * most);
    shrunk = grown(shrunk, most, width);
    sums = grown(sums, height, width);
    for (int row = 0; row < height; row++) {
      Arrays.fill(sums[row], 0, width, HALF);
    }
    int lastRow = rows.end(height - 1);
    int open = 0;
    for (int y = rows.start(0); y < lastRow; y += most) {
      int count = Math.min(most, lastRow - y);
      layOut(image, y, count, firstColumn, inputs);
      shrinkRows(columns, firstColumn, count);
      for (int row = open; row < height && rows.start(row) < y + count; row++) {
        int from = Math.max(y, rows.start(row));
        int taps = Math.min(y + count, rows.end(row)) - from;
        int weight = rows.offset(row) + from - rows.start(row);
        weigh(shrunk, from - y, rows.weights(), weight, taps, sums[row], width);
      }
      while (open < height && rows.end(open) <= y + count) {
        sink.accept(open, sums[open]);
        open++;
      }
    }
  }

  private static int[] grown(int[] array, int length) {
    return array.length < length ? new int[length] : array;
  }

  private static int[][] grown(int[][] arrays, int count, int length) {
    int[][] grown = arrays.length < count ? Arrays.copyOf(arrays, count) : arrays;
    for (int i = 0; i < count; i++) {
      grown[i] = grown(grown[i] == null ? NONE : grown[i], length);
    }
    return grown;
  }

  /** Puts rows into the strip. */
  private void layOut(RgbImage image, int firstRow, int rows, int firstColumn, int columns) {
    int stride = 3 * image.width();
    for (int x = 0; x < columns; x++) {
      layOut(image.rgb(), firstRow * stride + 3 * (firstColumn + x), stride, strip[x], rows);
    }
  }

  private static void layOut(byte[] rgb, int offset, int stride, int[] out, int rows) {
    int from = offset;
    for (int at = 0; at < 3 * rows; at += 3, from += stride) {
      out[at] = rgb[from] & 0xFF;
      out[at + 1] = rgb[from + 1] & 0xFF;
      out[at + 2] = rgb[from + 2] & 0xFF;
    }
  }

  /** Resizes the strip's rows to the output's width. */
  private void shrinkRows(Kernel columns, int firstColumn, int rows) {
    int run = 3 * rows;
    for (int x = 0; x < columns.count(); x++) {
      Arrays.fill(narrow, 0, run, HALF);
      weigh(
          strip,
          columns.start(x) - firstColumn,
          columns.weights(),
          columns.offset(x),
          columns.end(x) - columns.start(x),
          narrow,
          run);
      for (int row = 0; row < rows; row++) {
        int[] to = shrunk[row];
        to[3 * x] = pixel(narrow[3 * row]);
        to[3 * x + 1] = pixel(narrow[3 * row + 1]);
        to[3 * x + 2] = pixel(narrow[3 * row + 2]);
      }
    }
  }

  /** Adds the first {@code n} numbers of arrays to sums, each array times its weight. */
  private static void weigh(
      int[][] in, int from, int[] weights, int offset, int taps, int[] sums, int n) {
    int at = from;
    int weight = offset;
    int end = from + taps;
    for (; at + 4 <= end; at += 4, weight += 4) {
      addFour(in, at, weights, weight, sums, n);
    }
    for (; at < end; at++, weight++) {
      add(in[at], weights[weight], sums, n);
    }
  }

  /** One pass over the sums for four arrays. */
  private static void addFour(int[][] in, int at, int[] weights, int weight, int[] sums, int n) {
    int[] a = in[at];
    int[] b = in[at + 1];
    int[] c = in[at + 2];
    int[] d = in[at + 3];
    int wa = weights[weight];
    int wb = weights[weight + 1];
    int wc = weights[weight + 2];
    int wd = weights[weight + 3];
    for (int i = 0; i < n; i++) {
      sums[i] += a[i] * wa + b[i] * wb + c[i] * wc + d[i] * wd;
    }
  }

  private static void add(int[] in, int weight, int[] sums, int n) {
    for (int i = 0; i < n; i++) {
      sums[i] += in[i] * weight;
    }
  }
}
