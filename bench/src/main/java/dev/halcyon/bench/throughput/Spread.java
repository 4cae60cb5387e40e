package dev.halcyon.bench.throughput;

import java.util.List;

/** Several measurements of one thing: their median, and the least and the greatest. */
record Spread(double median, double low, double high, int count) {
  static Spread of(List<Double> values) {
    if (values.isEmpty()) {
      throw new IllegalArgumentException("nothing was measured");
    }
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    int middle = sorted.length / 2;
    double median =
        sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    return new Spread(median, sorted[0], sorted[sorted.length - 1], sorted.length);
  }

  static Spread of(double value) {
    return new Spread(value, value, value, 1);
  }

  /** The value below which a share of the sorted ones lie. */
  static double percentile(double[] sorted, double share) {
    return sorted[(int) Math.min(sorted.length - 1, Math.ceil(share * sorted.length))];
  }
}
