package dev.halcyon.app.labels;

import java.util.Collection;
import java.util.Optional;

/** Arithmetic on vectors of unit length. Sums run in double precision. */
public final class UnitVectors {
  private static final double SHORTEST = 1e-6;

  private UnitVectors() {}

  /** The unit vector along a vector; empty where it is too short to have a direction. */
  static Optional<float[]> normalize(double[] vector) {
    double length = Math.sqrt(dot(vector, vector));
    if (!(length > SHORTEST)) {
      return Optional.empty();
    }
    float[] unit = new float[vector.length];
    for (int d = 0; d < unit.length; d++) {
      unit[d] = (float) (vector[d] / length);
    }
    return Optional.of(unit);
  }

  /** The unit vector along the mean of unit vectors; empty where they cancel out. */
  public static Optional<float[]> mean(Collection<float[]> vectors) {
    double[] sum = null;
    for (float[] vector : vectors) {
      if (sum == null) {
        sum = new double[vector.length];
      }
      double length = 0;
      for (float value : vector) {
        length += (double) value * value;
      }
      length = Math.sqrt(length);
      if (!(length > SHORTEST)) {
        return Optional.empty();
      }
      for (int d = 0; d < sum.length; d++) {
        sum[d] += vector[d] / length;
      }
    }
    if (sum == null) {
      return Optional.empty();
    }
    for (int d = 0; d < sum.length; d++) {
      sum[d] /= vectors.size();
    }
    return normalize(sum);
  }

  static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int d = 0; d < a.length; d++) {
      sum += a[d] * b[d];
    }
    return sum;
  }

  static double[] widen(float[] vector) {
    double[] wide = new double[vector.length];
    for (int d = 0; d < wide.length; d++) {
      wide[d] = vector[d];
    }
    return wide;
  }
}
