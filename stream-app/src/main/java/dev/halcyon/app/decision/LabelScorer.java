package dev.halcyon.app.decision;

import java.util.List;

/**
 * Similarities of embeddings with every vector of a compiled set: {@code s = logitScale * cos +
 * logitBias}, or the logit of a learned probe. Stateless beyond the set; safe for use by any
 * thread.
 *
 * <p>A sum over dimensions may not be reordered and is never vectorised; so one embedding is scored
 * along the rows of one dimension, where each row has a sum of its own, and many are scored along
 * the embeddings, see {@link Columns}. Either way each sum runs over the dimensions in ascending
 * order with fused multiply-adds, so that both give the same to the last bit.
 */
public final class LabelScorer {
  /** From so many embeddings on, columns are faster than one by one. */
  static final int COLUMNS_FROM = 64;

  private static final int TILE = 4;

  private final CompiledLabelSet set;
  private final float[][] matrix;
  private final float[] scales;
  private final float[] offsets;
  private final int rowCount;

  /** Scores with the vectors of a set. */
  public LabelScorer(CompiledLabelSet set) {
    this.set = set;
    this.matrix = set.matrix();
    this.scales = set.scales();
    this.offsets = set.offsets();
    this.rowCount = scales.length;
  }

  /** How many similarities an image has. */
  public int rowCount() {
    return rowCount;
  }

  /** The similarities of one embedding, one a row. */
  public float[] similarities(float[] embedding) {
    float[] sums = new float[rowCount];
    int dimensions = matrix.length;
    int tiled = dimensions - dimensions % TILE;
    for (int d = 0; d < tiled; d += TILE) {
      addOne(
          matrix[d],
          matrix[d + 1],
          matrix[d + 2],
          matrix[d + 3],
          rowCount,
          embedding[d],
          embedding[d + 1],
          embedding[d + 2],
          embedding[d + 3],
          sums);
    }
    for (int d = tiled; d < dimensions; d++) {
      add(matrix[d], rowCount, embedding[d], sums);
    }
    finish(scales, offsets, rowCount, sums);
    return sums;
  }

  /**
   * The similarities of many embeddings.
   *
   * @param embeddings unit vectors, each as long as the model's
   * @param each receives, vector by vector, the similarities of some embeddings with it
   */
  public void similarities(List<float[]> embeddings, ByVector each) {
    Columns columns = columns(embeddings.size());
    for (int from = 0; from < embeddings.size(); from += columns.width()) {
      int to = Math.min(embeddings.size(), from + columns.width());
      columns.fill(embeddings.subList(from, to));
      for (int row = 0; row < rowCount; row++) {
        each.take(row, from, to - from, columns.row(row));
      }
    }
  }

  /** Takes the similarities of many embeddings with one vector. */
  @FunctionalInterface
  public interface ByVector {
    /**
     * Takes some.
     *
     * @param row index of the vector
     * @param from index of the first embedding
     * @param count how many embeddings
     * @param similarities one an embedding, valid until the method returns
     */
    void take(int row, int from, int count, float[] similarities);
  }

  /** Scratch memory for so many embeddings at a time, or the most that are worth it. */
  Columns columns(int count) {
    return new Columns(set, Math.max(1, Math.min(count, Columns.WIDTH)));
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
