package dev.halcyon.app.labels;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Projects group terms out of prompt vectors (Chuang et al. 2023, "Debiasing Vision-Language Models
 * via Biased Prompts", section 4): {@code P = P0 (I + (lambda/|S|) sum (zi - zj)(zi - zj)^T)^-1}
 * with {@code P0 = I - A (A^T A)^-1 A^T}, where the columns of A are the group prompts and S the
 * pairs of counterfactual prompts that ought to mean the same.
 *
 * <p>P is never formed. P0 goes by an orthonormal basis of A. The calibration matrix is factored
 * once; its sum over the pairs of n prompts is n times the sum over the prompts of their outer
 * products about their mean, which needs n terms in place of n(n-1)/2.
 */
final class BiasProjection {
  private static final double LAMBDA = 1000;
  private static final double INDEPENDENT = 1e-5;

  /** A unit vector of which less than this is left was about the groups and nothing else. */
  private static final double SHORTEST_REMAINDER = 0.1;

  private final List<double[]> basis;
  private final double[][] factor;

  /**
   * A projection.
   *
   * @param groups unit vectors of the group prompts
   * @param counterfactuals families of prompts that ought to mean the same, as unit vectors
   * @param dimensions length of every vector
   */
  BiasProjection(List<float[]> groups, List<List<float[]>> counterfactuals, int dimensions) {
    this.basis = orthonormal(groups);
    this.factor = cholesky(calibration(counterfactuals, dimensions));
  }

  /** The projected direction of a unit vector; empty where next to nothing is left of it. */
  Optional<float[]> apply(float[] vector) {
    double[] result = solve(UnitVectors.widen(vector));
    for (double[] direction : basis) {
      subtract(result, UnitVectors.dot(direction, result), direction);
    }
    return UnitVectors.dot(result, result) < SHORTEST_REMAINDER * SHORTEST_REMAINDER
        ? Optional.empty()
        : UnitVectors.normalize(result);
  }

  private static double[][] calibration(List<List<float[]>> families, int dimensions) {
    double[][] sum = new double[dimensions][];
    for (int i = 0; i < dimensions; i++) {
      sum[i] = new double[i + 1];
    }
    long pairs = 0;
    for (List<float[]> family : families) {
      int n = family.size();
      pairs += (long) n * (n - 1) / 2;
      double[] mean = new double[dimensions];
      for (float[] vector : family) {
        for (int d = 0; d < dimensions; d++) {
          mean[d] += vector[d] / n;
        }
      }
      for (float[] vector : family) {
        double[] centred = UnitVectors.widen(vector);
        subtract(centred, 1, mean);
        for (int i = 0; i < dimensions; i++) {
          double[] row = sum[i];
          double weighted = n * centred[i];
          for (int j = 0; j <= i; j++) {
            row[j] += weighted * centred[j];
          }
        }
      }
    }
    double weight = pairs == 0 ? 0 : LAMBDA / pairs;
    for (int i = 0; i < dimensions; i++) {
      for (int j = 0; j <= i; j++) {
        sum[i][j] *= weight;
      }
      sum[i][i] += 1;
    }
    return sum;
  }

  /** The lower factor of a positive definite matrix given by its lower triangle, in its place. */
  private static double[][] cholesky(double[][] lower) {
    for (int i = 0; i < lower.length; i++) {
      for (int j = 0; j <= i; j++) {
        double sum = lower[i][j];
        for (int k = 0; k < j; k++) {
          sum -= lower[i][k] * lower[j][k];
        }
        lower[i][j] = i == j ? Math.sqrt(sum) : sum / lower[j][j];
      }
    }
    return lower;
  }

  private double[] solve(double[] vector) {
    for (int i = 0; i < vector.length; i++) {
      double[] row = factor[i];
      double sum = vector[i];
      for (int k = 0; k < i; k++) {
        sum -= row[k] * vector[k];
      }
      vector[i] = sum / row[i];
    }
    for (int i = vector.length - 1; i >= 0; i--) {
      vector[i] /= factor[i][i];
      for (int k = 0; k < i; k++) {
        vector[k] -= factor[i][k] * vector[i];
      }
    }
    return vector;
  }

  private static List<double[]> orthonormal(List<float[]> vectors) {
    var basis = new ArrayList<double[]>();
    for (float[] vector : vectors) {
      double[] rest = UnitVectors.widen(vector);
      // Twice: one pass of Gram-Schmidt loses orthogonality between near-parallel prompts.
      for (int pass = 0; pass < 2; pass++) {
        for (double[] direction : basis) {
          subtract(rest, UnitVectors.dot(direction, rest), direction);
        }
      }
      double length = Math.sqrt(UnitVectors.dot(rest, rest));
      if (length > INDEPENDENT) {
        for (int d = 0; d < rest.length; d++) {
          rest[d] /= length;
        }
        basis.add(rest);
      }
    }
    return basis;
  }

  private static void subtract(double[] from, double factor, double[] vector) {
    for (int d = 0; d < from.length; d++) {
      from[d] -= factor * vector[d];
    }
  }
}
