package dev.halcyon.bench.redecide;

import dev.halcyon.clip.Evidence;
import java.util.List;
import java.util.Random;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.openblas.global.openblas;

/**
 * The ceiling: the same product of images by vectors, and nothing else, by OpenBLAS on one thread.
 * Its sums run in an order of its own, which depends on the batch, so that it could not decide.
 */
final class PlainProduct implements AutoCloseable {
  private final int images;
  private final int rows;
  private final int dimensions;
  private final FloatPointer embeddings;
  private final FloatPointer vectors;
  private final FloatPointer products;

  PlainProduct(List<Evidence> evidence, int rows) {
    this.images = evidence.size();
    this.rows = rows;
    this.dimensions = evidence.get(0).model().dimensions();
    this.embeddings = new FloatPointer((long) images * dimensions);
    this.vectors = new FloatPointer((long) rows * dimensions);
    this.products = new FloatPointer((long) images * rows);
    float[] flat = new float[images * dimensions];
    for (int i = 0; i < images; i++) {
      System.arraycopy(evidence.get(i).embedding(), 0, flat, i * dimensions, dimensions);
    }
    embeddings.put(flat);
    Random random = new Random(rows);
    float[] values = new float[rows * dimensions];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat() - 0.5f;
    }
    vectors.put(values);
    openblas.blas_set_num_threads(1);
  }

  void run() {
    openblas.cblas_sgemm(
        openblas.CblasRowMajor,
        openblas.CblasNoTrans,
        openblas.CblasTrans,
        images,
        rows,
        dimensions,
        1,
        embeddings,
        dimensions,
        vectors,
        dimensions,
        0,
        products,
        rows);
  }

  @Override
  public void close() {
    embeddings.close();
    vectors.close();
    products.close();
  }
}
