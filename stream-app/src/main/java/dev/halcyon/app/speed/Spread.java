package dev.halcyon.app.speed;

import java.util.List;

/**
 * Several measurements of one thing.
 *
 * @param median the middle one
 * @param low the least
 * @param high the greatest
 * @param count how many
 */
public record Spread(double median, double low, double high, int count) {
  /** Of at least one measurement. */
  public static Spread of(List<Double> values) {
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    if (sorted.length == 0) {
      throw new IllegalArgumentException("nothing was measured");
    }
    int middle = sorted.length / 2;
    double median =
        sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    return new Spread(median, sorted[0], sorted[sorted.length - 1], sorted.length);
  }

  /** Of a single measurement. */
  public static Spread of(double value) {
    return new Spread(value, value, value, 1);
  }

  /**
   * The value below which a share of some lie.
   *
   * @param sorted in rising order, at least one
   * @param share 0 to 1
   */
  public static double percentile(double[] sorted, double share) {
    return sorted[(int) Math.min(sorted.length - 1, Math.ceil(share * sorted.length))];
  }

  /** Half of the distance between least and greatest, as a share of the median. */
  public double relative() {
    return median == 0 ? 0 : (high - low) / 2 / Math.abs(median);
  }
}
