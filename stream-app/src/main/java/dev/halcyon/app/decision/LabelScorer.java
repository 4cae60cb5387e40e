package dev.halcyon.app.decision;

import java.util.Arrays;

/**
 * Similarities of embeddings with every vector of a compiled set: {@code s = logitScale * cos +
 * logitBias}, or the logit of a learned probe. Stateless beyond the set; safe for use by any
 * thread.
 *
 * <p>This is the inner loop of live decisions and of previews over history, so its shape follows
 * what the compiler vectorises. A sum over dimensions may not be reordered and is never vectorised;
 * so the loop runs along the rows of one dimension, where each row has a sum of its own. Two images
 * by four dimensions is the largest tile that still comes out vectorised: larger ones exceed the
 * compiler's limit for unrolling and fall back to a quarter of the speed. The dimensions are taken
 * in blocks that fit the first-level cache, and each block serves a whole batch.
 *
 * <p>Each sum runs over the dimensions in ascending order with fused multiply-adds, however images
 * are batched: the same image scores the same to the last bit, alone or among thousands.
 */
public final class LabelScorer {
  /** Images whose sums stay in the cache while the matrix passes by. */
  static final int BATCH = 32;

  private static final int BLOCK_BYTES = 32 * 1024;
  private static final int TILE = 4;

  private final float[][] matrix;
  private final float[] scales;
  private final float[] offsets;
  private final int rowCount;
  private final int dimensionsPerBlock;

  /** Scores with the vectors of a set. */
  public LabelScorer(CompiledLabelSet set) {
    this.matrix = set.matrix();
    this.scales = set.scales();
    this.offsets = set.offsets();
    this.rowCount = scales.length;
    int tiles = BLOCK_BYTES / Math.max(1, rowCount * Float.BYTES * TILE);
    this.dimensionsPerBlock = TILE * Math.max(1, tiles);
  }

  /** How many similarities an image has. */
  public int rowCount() {
    return rowCount;
  }

  /** The similarities of one embedding, one a row. */
  public float[] similarities(float[] embedding) {
    float[] sums = new float[rowCount];
    similarities(new float[][] {embedding}, 1, new float[][] {sums});
    return sums;
  }

  /**
   * The similarities of many embeddings.
   *
   * @param embeddings unit vectors, each as long as the model's
   * @param count how many of them
   * @param out receives {@link #rowCount()} similarities an embedding
   */
  public void similarities(float[][] embeddings, int count, float[][] out) {
    for (int from = 0; from < count; from += BATCH) {
      batch(embeddings, from, Math.min(count, from + BATCH), out);
    }
  }

  private void batch(float[][] embeddings, int from, int to, float[][] out) {
    for (int i = from; i < to; i++) {
      Arrays.fill(out[i], 0, rowCount, 0);
    }
    int dimensions = matrix.length;
    int tiled = dimensions - dimensions % TILE;
    for (int start = 0; start < tiled; start += dimensionsPerBlock) {
      int end = Math.min(tiled, start + dimensionsPerBlock);
      int i = from;
      for (; i + 1 < to; i += 2) {
        two(embeddings[i], embeddings[i + 1], start, end, out[i], out[i + 1]);
      }
      if (i < to) {
        one(embeddings[i], start, end, out[i]);
      }
    }
    for (int i = from; i < to; i++) {
      for (int d = tiled; d < dimensions; d++) {
        add(matrix[d], rowCount, embeddings[i][d], out[i]);
      }
      finish(scales, offsets, rowCount, out[i]);
    }
  }

  private void two(float[] x, float[] y, int start, int end, float[] xSums, float[] ySums) {
    for (int d = start; d < end; d += TILE) {
      addTwo(
          matrix[d],
          matrix[d + 1],
          matrix[d + 2],
          matrix[d + 3],
          rowCount,
          x[d],
          x[d + 1],
          x[d + 2],
          x[d + 3],
          y[d],
          y[d + 1],
          y[d + 2],
          y[d + 3],
          xSums,
          ySums);
    }
  }

  private void one(float[] x, int start, int end, float[] sums) {
    for (int d = start; d < end; d += TILE) {
      addOne(
          matrix[d],
          matrix[d + 1],
          matrix[d + 2],
          matrix[d + 3],
          rowCount,
          x[d],
          x[d + 1],
          x[d + 2],
          x[d + 3],
          sums);
    }
  }

  private static void addTwo(
      float[] w0,
      float[] w1,
      float[] w2,
      float[] w3,
      int rows,
      float x0,
      float x1,
      float x2,
      float x3,
      float y0,
      float y1,
      float y2,
      float y3,
      float[] xSums,
      float[] ySums) {
    for (int r = 0; r < rows; r++) {
      float v0 = w0[r];
      float v1 = w1[r];
      float v2 = w2[r];
      float v3 = w3[r];
      xSums[r] = Math.fma(x3, v3, Math.fma(x2, v2, Math.fma(x1, v1, Math.fma(x0, v0, xSums[r]))));
      ySums[r] = Math.fma(y3, v3, Math.fma(y2, v2, Math.fma(y1, v1, Math.fma(y0, v0, ySums[r]))));
    }
  }

  private static void addOne(
      float[] w0,
      float[] w1,
      float[] w2,
      float[] w3,
      int rows,
      float x0,
      float x1,
      float x2,
      float x3,
      float[] sums) {
    for (int r = 0; r < rows; r++) {
      sums[r] =
          Math.fma(
              x3, w3[r], Math.fma(x2, w2[r], Math.fma(x1, w1[r], Math.fma(x0, w0[r], sums[r]))));
    }
  }

  private static void add(float[] w, int rows, float x, float[] sums) {
    for (int r = 0; r < rows; r++) {
      sums[r] = Math.fma(x, w[r], sums[r]);
    }
  }

  private static void finish(float[] scales, float[] offsets, int rows, float[] sums) {
    for (int r = 0; r < rows; r++) {
      sums[r] = Math.fma(scales[r], sums[r], offsets[r]);
    }
  }
}
