package dev.halcyon.clip.preprocess;

import dev.halcyon.clip.decode.RgbImage;
import java.util.Arrays;

/**
 * Resizes a picture as Pillow does: rows first, rounded to 8 bits, then columns. Only what the
 * wanted output needs is read and computed, and rows go straight on into the sums of the output
 * rows they belong to, so that memory depends on the output's size alone.
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
     * @param offset where the row begins in {@code sums}
     */
    void accept(int row, int[] sums, int offset);
  }

  private static final int HALF = 1 << (Kernel.FRACTION_BITS - 1);

  /** Two sums start at a half each. */
  private static final long HALVES = HALF | ((long) HALF << 32);

  private long[] pair = new long[0];
  private int[] upper = new int[0];
  private int[] lower = new int[0];
  private int[] sums = new int[0];

  /** Rounds a sum of weighted pixels to 8 bits. */
  static int pixel(int sum) {
    int value = sum >> Kernel.FRACTION_BITS;
    return Math.max(0, Math.min(255, value));
  }

  void resize(RgbImage image, Kernel columns, Kernel rows, RowSink sink) {
    int width = 3 * columns.count();
    int height = rows.count();
    int firstColumn = columns.start(0);
    int lastColumn = columns.end(columns.count() - 1);
    grow(3 * (lastColumn - firstColumn), width, height);
    Arrays.fill(sums, 0, width * height, HALF);
    int firstRow = rows.start(0);
    int lastRow = rows.end(height - 1);
    int open = 0;
    for (int y = firstRow; y < lastRow; y += 2) {
      boolean single = y + 1 == lastRow;
      pack(image, y, single ? y : y + 1, firstColumn, lastColumn);
      shrinkRows(columns, firstColumn);
      for (int row = open; row < height && rows.start(row) <= y + 1; row++) {
        int upperWeight = rows.weight(row, y);
        int lowerWeight = rows.weight(row, y + 1);
        add(upper, upperWeight, lower, lowerWeight, sums, row * width, width);
      }
      while (open < height && rows.end(open) <= y + 2) {
        sink.accept(open, sums, open * width);
        open++;
      }
    }
  }

  private void grow(int inputs, int width, int height) {
    if (pair.length < inputs) {
      pair = new long[inputs];
    }
    if (upper.length < width) {
      upper = new int[width];
      lower = new int[width];
    }
    int outputs = Math.multiplyExact(width, height);
    if (sums.length < outputs) {
      sums = new int[outputs];
    }
  }

  /** Puts two rows side by side, one in each half of a long, so that one product serves both. */
  private void pack(RgbImage image, int upperRow, int lowerRow, int firstColumn, int lastColumn) {
    byte[] rgb = image.rgb();
    int stride = 3 * image.width();
    int a = upperRow * stride + 3 * firstColumn;
    int b = lowerRow * stride + 3 * firstColumn;
    int n = 3 * (lastColumn - firstColumn);
    for (int i = 0; i < n; i++) {
      pair[i] = (rgb[a + i] & 0xFF) | ((long) (rgb[b + i] & 0xFF) << 32);
    }
  }

  /** Resizes the packed rows to the output's width. */
  private void shrinkRows(Kernel columns, int firstColumn) {
    int[] weights = columns.weights();
    long[] in = pair;
    for (int x = 0; x < columns.count(); x++) {
      long red = HALVES;
      long green = HALVES;
      long blue = HALVES;
      int at = 3 * (columns.start(x) - firstColumn);
      int weight = columns.offset(x);
      int end = weight + columns.end(x) - columns.start(x);
      for (; weight < end; weight++, at += 3) {
        long w = weights[weight];
        red += in[at] * w;
        green += in[at + 1] * w;
        blue += in[at + 2] * w;
      }
      unpack(red, 3 * x);
      unpack(green, 3 * x + 1);
      unpack(blue, 3 * x + 2);
    }
  }

  /** The lower half is a signed sum, whose sign has been carried into the upper half. */
  private void unpack(long both, int at) {
    int low = (int) both;
    upper[at] = pixel(low);
    lower[at] = pixel((int) ((both - low) >> 32));
  }

  private static void add(
      int[] a, int weightA, int[] b, int weightB, int[] sums, int offset, int n) {
    for (int i = 0; i < n; i++) {
      sums[offset + i] += a[i] * weightA + b[i] * weightB;
    }
  }
}
