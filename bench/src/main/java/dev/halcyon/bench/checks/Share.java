package dev.halcyon.bench.checks;

/**
 * How many of how many.
 *
 * @param hits 0 to {@code of}
 * @param of 0 or more
 */
record Share(long hits, long of) {
  private static final double Z = 1.959964;

  double value() {
    return of == 0 ? Double.NaN : (double) hits / of;
  }

  /** Lower end of Wilson's 95% interval. */
  double low() {
    return of == 0 ? 0 : Math.max(0, centre() - halfWidth());
  }

  /** Upper end of Wilson's 95% interval. */
  double high() {
    return of == 0 ? 1 : Math.min(1, centre() + halfWidth());
  }

  private double centre() {
    return (value() + Z * Z / (2 * of)) / (1 + Z * Z / of);
  }

  private double halfWidth() {
    double p = value();
    return Z * Math.sqrt(p * (1 - p) / of + Z * Z / (4.0 * of * of)) / (1 + Z * Z / of);
  }

  /** Counts. */
  static final class Counter {
    private long hits;
    private long of;

    void add(boolean hit) {
      of++;
      hits += hit ? 1 : 0;
    }

    Share share() {
      return new Share(hits, of);
    }
  }
}
