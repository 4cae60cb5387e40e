package dev.halcyon.app.audit;

import java.util.ArrayList;
import java.util.List;

/**
 * How a text leans between groups of people in the space of a text encoder: skew {@code max_g
 * cos(t, p_g) - min_g cos(t, p_g)}, and leakage {@code |Q^T t|} with Q an orthonormal basis of the
 * span of {@code p_gi - p_g1} (Agarwal et al. 2021 for the audit of a class design; the span of
 * group differences as in Chuang et al. 2023). All vectors are unit vectors.
 *
 * @param towards index of the nearest group
 * @param away index of the farthest group
 * @param skew difference of the two cosines, 0 to 2
 * @param leakage share of the text's length that lies in the span of the differences, 0 to 1
 */
record Leaning(int towards, int away, double skew, double leakage) {
  private static final double INDEPENDENT = 1e-6;

  /**
   * Measures a text.
   *
   * @param text its unit vector
   * @param groups the unit vector of each group, at least one
   */
  static Leaning of(float[] text, List<float[]> groups) {
    int towards = 0;
    int away = 0;
    double most = Double.NEGATIVE_INFINITY;
    double least = Double.POSITIVE_INFINITY;
    for (int g = 0; g < groups.size(); g++) {
      double cosine = dot(text, groups.get(g));
      if (cosine > most) {
        most = cosine;
        towards = g;
      }
      if (cosine < least) {
        least = cosine;
        away = g;
      }
    }
    return new Leaning(towards, away, most - least, leakage(text, groups));
  }

  static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int d = 0; d < a.length; d++) {
      sum += (double) a[d] * b[d];
    }
    return sum;
  }

  private static double leakage(float[] text, List<float[]> groups) {
    double squares = 0;
    for (double[] direction : differences(groups)) {
      double along = 0;
      for (int d = 0; d < direction.length; d++) {
        along += direction[d] * text[d];
      }
      squares += along * along;
    }
    return Math.min(1, Math.sqrt(squares));
  }

  private static List<double[]> differences(List<float[]> groups) {
    var basis = new ArrayList<double[]>();
    float[] first = groups.get(0);
    for (float[] group : groups.subList(1, groups.size())) {
      double[] rest = new double[first.length];
      for (int d = 0; d < rest.length; d++) {
        rest[d] = (double) group[d] - first[d];
      }
      // Twice: one pass of Gram-Schmidt loses orthogonality between near-parallel differences.
      for (int pass = 0; pass < 2; pass++) {
        for (double[] direction : basis) {
          double along = 0;
          for (int d = 0; d < rest.length; d++) {
            along += direction[d] * rest[d];
          }
          for (int d = 0; d < rest.length; d++) {
            rest[d] -= along * direction[d];
          }
        }
      }
      double length = 0;
      for (double value : rest) {
        length += value * value;
      }
      length = Math.sqrt(length);
      if (length > INDEPENDENT) {
        for (int d = 0; d < rest.length; d++) {
          rest[d] /= length;
        }
        basis.add(rest);
      }
    }
    return basis;
  }
}
