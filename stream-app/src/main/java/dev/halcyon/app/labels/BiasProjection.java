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
 * <p>P is never formed. P0 goes by an orthonormal basis of A. The sum over the pairs of n prompts
 * is n times the sum over the prompts of their outer products about their mean, {@code C^T C} with
 * a row for each of n prompts in place of n(n-1)/2. What is factored, once, is the smaller of
 * {@code I + C^T C} and {@code I + C C^T}, from which the inverse follows by Woodbury's identity.
 */
final class BiasProjection {
  private static final double LAMBDA = 1000;
  private static final double INDEPENDENT = 1e-5;

  /** A unit vector of which less than this is left was about the groups and nothing else. */
  private static final double SHORTEST_REMAINDER = 0.1;

  private final List<double[]> basis;
  private final List<double[]> rows;
  private final boolean byRows;
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
    this.rows = rows(counterfactuals, dimensions);
    this.byRows = rows.size() < dimensions;
    this.factor = cholesky(byRows ? products() : outerProducts(dimensions));
  }

  /** The projected direction of a unit vector; empty where next to nothing is left of it. */
  Optional<float[]> apply(float[] vector) {
    double[] result = calibrated(UnitVectors.widen(vector));
    for (double[] direction : basis) {
      subtract(result, UnitVectors.dot(direction, result), direction);
    }
    return UnitVectors.dot(result, result) < SHORTEST_REMAINDER * SHORTEST_REMAINDER
        ? Optional.empty()
        : UnitVectors.normalize(result);
  }

  /** The rows of C: each prompt less the mean of its family, weighted. */
  private static List<double[]> rows(List<List<float[]>> families, int dimensions) {
    long pairs = 0;
    for (List<float[]> family : families) {
      pairs += (long) family.size() * (family.size() - 1) / 2;
    }
    var rows = new ArrayList<double[]>();
    for (List<float[]> family : families) {
      int n = family.size();
      if (n < 2) {
        continue;
      }
      double[] mean = new double[dimensions];
      for (float[] vector : family) {
        for (int d = 0; d < dimensions; d++) {
          mean[d] += vector[d] / n;
        }
      }
      double weight = Math.sqrt(LAMBDA * n / pairs);
      for (float[] vector : family) {
        double[] row = new double[dimensions];
        for (int d = 0; d < dimensions; d++) {
          row[d] = weight * (vector[d] - mean[d]);
        }
        rows.add(row);
      }
    }
    return rows;
  }

  /** The lower triangle of I + C C^T. */
  private double[][] products() {
    double[][] lower = new double[rows.size()][];
    for (int i = 0; i < lower.length; i++) {
      lower[i] = new double[i + 1];
      for (int j = 0; j <= i; j++) {
        lower[i][j] = UnitVectors.dot(rows.get(i), rows.get(j));
      }
      lower[i][i] += 1;
    }
    return lower;
  }

  /** The lower triangle of I + C^T C. */
  private double[][] outerProducts(int dimensions) {
    double[][] lower = new double[dimensions][];
    for (int i = 0; i < dimensions; i++) {
      lower[i] = new double[i + 1];
      lower[i][i] = 1;
    }
    for (double[] row : rows) {
      for (int i = 0; i < dimensions; i++) {
        double[] sums = lower[i];
        for (int j = 0; j <= i; j++) {
          sums[j] += row[i] * row[j];
        }
      }
    }
    return lower;
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

  private double[] calibrated(double[] vector) {
    if (!byRows) {
      return solve(vector);
    }
    double[] shares = new double[rows.size()];
    for (int i = 0; i < shares.length; i++) {
      shares[i] = UnitVectors.dot(rows.get(i), vector);
    }
    solve(shares);
    for (int i = 0; i < shares.length; i++) {
      subtract(vector, shares[i], rows.get(i));
    }
    return vector;
  }

  /** Solves for a vector by the factor, in the vector's place. */
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
