package dev.halcyon.bench.checks;

import dev.halcyon.app.statistics.Interval;

/**
 * How many of how many.
 *
 * @param hits 0 to {@code of}
 * @param of 0 or more
 */
record Share(long hits, long of) {
  double value() {
    return of == 0 ? Double.NaN : (double) hits / of;
  }

  /** Lower end of Wilson's 95% interval. */
  double low() {
    return of == 0 ? 0 : Interval.ofRate(hits, of).low();
  }

  /** Upper end of Wilson's 95% interval. */
  double high() {
    return of == 0 ? 1 : Interval.ofRate(hits, of).high();
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
