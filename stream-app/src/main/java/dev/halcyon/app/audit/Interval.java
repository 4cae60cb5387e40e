package dev.halcyon.app.audit;

/**
 * An estimate and the interval around it.
 *
 * @param estimate the value seen
 * @param low lower bound
 * @param high upper bound, possibly infinite
 */
public record Interval(double estimate, double low, double high) {

  /**
   * Wilson's score interval of a proportion (Wilson 1927).
   *
   * @param hits cases, 0 to {@code n}
   * @param n trials, at least 1
   * @param z quantile of the normal distribution, 1.96 for 95%
   */
  public static Interval wilson(long hits, long n, double z) {
    double p = (double) hits / n;
    double z2 = z * z;
    double centre = (p + z2 / (2.0 * n)) / (1 + z2 / n);
    double half = z / (1 + z2 / n) * Math.sqrt(p * (1 - p) / n + z2 / (4.0 * n * n));
    return new Interval(
        p, hits == 0 ? 0 : Math.max(0, centre - half), hits == n ? 1 : Math.min(1, centre + half));
  }

  /**
   * The difference a - b of two proportions by their Wilson intervals (Newcombe 1998, method 10).
   */
  static Interval difference(Interval a, Interval b) {
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
  static double z(int comparisons) {
    return quantile(1 - 0.025 / comparisons);
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
