package dev.halcyon.app.decision;

import java.util.Arrays;
import java.util.List;

/**
 * Many embeddings against every vector of a set at once: one column an embedding. Scratch memory of
 * one thread, filled again and again.
 *
 * <p>The loop runs along the columns, not along the vectors: it is as long as the batch, however
 * few labels there are, so that what the compiler cannot vectorise at either end of a loop counts
 * little. Four vectors by two dimensions is the largest tile that comes out vectorised; with more
 * arrays in one loop the compiler falls back to a quarter of the speed.
 *
 * <p>Each sum runs over the dimensions in ascending order with fused multiply-adds, exactly as
 * {@link LabelScorer} takes it for one embedding: the same image scores the same to the last bit,
 * alone or among thousands.
 */
final class Columns {
  /** Columns whose sums and dimensions in use stay in the second-level cache. */
  static final int WIDTH = 512;

  private static final int TILE_ROWS = 4;
  private static final int DIMENSIONS_PER_BLOCK = 64;
  private static final int TURN = 16;

  private final float[][] rows;
  private final float[] scales;
  private final float[] offsets;
  private final int dimensions;
  private final int width;
  private final float[] flat;
  private final float[][] byDimension;
  private final float[][] sums;

  /** Room for so many embeddings. */
  Columns(CompiledLabelSet set, int width) {
    this.rows = Arrays.copyOf(set.rowVectors(), padded(set.rowCount()));
    this.scales = set.scales();
    this.offsets = set.offsets();
    this.dimensions = set.model().dimensions();
    this.width = width;
    this.flat = new float[TURN * dimensions];
    this.byDimension = new float[dimensions][width];
    this.sums = new float[rows.length][width];
    Arrays.fill(rows, set.rowCount(), rows.length, new float[dimensions]);
  }

  int width() {
    return width;
  }

  /**
   * Takes embeddings in the place of those before.
   *
   * @param embeddings at most {@link #width()}
   */
  void fill(List<float[]> embeddings) {
    int count = embeddings.size();
    for (int from = 0; from < count; from += TURN) {
      turn(embeddings, from, Math.min(count, from + TURN));
    }
    for (float[] sum : sums) {
      Arrays.fill(sum, 0, count, 0);
    }
    int even = dimensions - dimensions % 2;
    for (int start = 0; start < even; start += DIMENSIONS_PER_BLOCK) {
      int end = Math.min(even, start + DIMENSIONS_PER_BLOCK);
      for (int r = 0; r < rows.length; r += TILE_ROWS) {
        for (int d = start; d < end; d += 2) {
          add(r, d, count);
        }
      }
    }
    for (int r = 0; r < scales.length; r++) {
      if (even < dimensions) {
        addLast(byDimension[even], rows[r][even], count, sums[r]);
      }
      finish(scales[r], offsets[r], count, sums[r]);
    }
  }

  /** The similarities of every embedding with one vector. */
  float[] row(int row) {
    return sums[row];
  }

  /** The similarities of one embedding with every vector. */
  float[] similarities(int column) {
    float[] similarities = new float[scales.length];
    for (int r = 0; r < similarities.length; r++) {
      similarities[r] = sums[r][column];
    }
    return similarities;
  }

  private void turn(List<float[]> embeddings, int from, int to) {
    for (int i = from; i < to; i++) {
      System.arraycopy(embeddings.get(i), 0, flat, (i - from) * dimensions, dimensions);
    }
    for (int d = 0; d < dimensions; d++) {
      float[] column = byDimension[d];
      for (int i = from, at = d; i < to; i++, at += dimensions) {
        column[i] = flat[at];
      }
    }
  }

  private void add(int r, int d, int count) {
    float[] a = rows[r];
    float[] b = rows[r + 1];
    float[] c = rows[r + 2];
    float[] e = rows[r + 3];
    add(
        byDimension[d],
        byDimension[d + 1],
        count,
        a[d],
        a[d + 1],
        b[d],
        b[d + 1],
        c[d],
        c[d + 1],
        e[d],
        e[d + 1],
        sums[r],
        sums[r + 1],
        sums[r + 2],
        sums[r + 3]);
  }

  private static void add(
      float[] x0,
      float[] x1,
      int count,
      float a0,
      float a1,
      float b0,
      float b1,
      float c0,
      float c1,
      float e0,
      float e1,
      float[] a,
      float[] b,
      float[] c,
      float[] e) {
    for (int i = 0; i < count; i++) {
      float v0 = x0[i];
      float v1 = x1[i];
      a[i] = Math.fma(a1, v1, Math.fma(a0, v0, a[i]));
      b[i] = Math.fma(b1, v1, Math.fma(b0, v0, b[i]));
      c[i] = Math.fma(c1, v1, Math.fma(c0, v0, c[i]));
      e[i] = Math.fma(e1, v1, Math.fma(e0, v0, e[i]));
    }
  }

  private static void addLast(float[] x, float w, int count, float[] sums) {
    for (int i = 0; i < count; i++) {
      sums[i] = Math.fma(w, x[i], sums[i]);
    }
  }

  private static void finish(float scale, float offset, int count, float[] sums) {
    for (int i = 0; i < count; i++) {
      sums[i] = Math.fma(scale, sums[i], offset);
    }
  }

  private static int padded(int rows) {
    return (rows + TILE_ROWS - 1) / TILE_ROWS * TILE_ROWS;
  }
}
