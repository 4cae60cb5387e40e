package dev.halcyon.app.statistics;

/**
 * An estimate and the interval that holds the true value with a stated confidence.
 *
 * @param estimate the value seen
 * @param low lower bound
 * @param high upper bound, possibly infinite
 */
public record Interval(double estimate, double low, double high) {

  /**
   * The 95% interval of a rate, as {@link #ofRate(long, long, double)} gives it.
   *
   * @param hits how many, 0 to {@code of}
   * @param of of how many, at least 1
   */
  public static Interval ofRate(long hits, long of) {
    return ofRate(hits, of, z(1));
  }

  /**
   * The score interval of a rate (Wilson 1927): close to its nominal confidence for small counts
   * and for rates near 0 and 1, where the usual one is not.
   *
   * @param hits how many, 0 to {@code of}
   * @param of of how many, at least 1
   * @param z quantile of the normal distribution, see {@link #z}
   */
  public static Interval ofRate(long hits, long of, double z) {
    if (of < 1 || hits < 0 || hits > of) {
      throw new IllegalArgumentException(hits + " of " + of + " is no rate");
    }
    double rate = (double) hits / of;
    double z2 = z * z / of;
    double centre = (rate + z2 / 2) / (1 + z2);
    double half = z * Math.sqrt(rate * (1 - rate) / of + z2 / (4 * of)) / (1 + z2);
    return new Interval(
        rate,
        hits == 0 ? 0 : Math.max(0, centre - half),
        hits == of ? 1 : Math.min(1, centre + half));
  }

  /** The difference a - b of two rates by their Wilson intervals (Newcombe 1998, method 10). */
  public static Interval difference(Interval a, Interval b) {
    double seen = a.estimate - b.estimate;
    return new Interval(
        seen,
        seen - Math.hypot(a.estimate - a.low, b.high - b.estimate),
        seen + Math.hypot(a.high - a.estimate, b.estimate - b.low));
  }

  /**
   * The two-sided normal quantile for several comparisons at once (Bonferroni).
   *
   * @param comparisons how many, at least 1
   * @return z so that all of them hold together with 95%
   */
  public static double z(int comparisons) {
    return quantile(1 - 0.025 / comparisons);
  }

  /** Whether a value is in it. */
  public boolean holds(double value) {
    return value >= low && value <= high;
  }

  /** Quantile of the normal distribution by bisection of its integral; p from 0.5 up. */
  private static double quantile(double p) {
    double low = 0;
    double high = 10;
    for (int i = 0; i < 60; i++) {
      double middle = (low + high) / 2;
      if (upperTail(middle) > 1 - p) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return (low + high) / 2;
  }

  /** P(Z > x) by the continued fraction of Mills' ratio, or by its series near 0. */
  private static double upperTail(double x) {
    double density = Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
    if (x < 2) {
      double term = x;
      double sum = x;
      for (int n = 1; n < 100; n++) {
        term *= x * x / (2.0 * n + 1);
        sum += term;
      }
      return 0.5 - density * sum;
    }
    double fraction = 0;
    for (int n = 60; n > 0; n--) {
      fraction = n / (x + fraction);
    }
    return density / (x + fraction);
  }
}
