package dev.halcyon.app.calibration;

/**
 * An interval that holds the true value with 95% confidence.
 *
 * @param low lower end
 * @param high upper end
 */
public record Interval(double low, double high) {
  private static final double Z = 1.959963984540054;

  /**
   * The interval of a rate (Wilson 1927): close to its nominal confidence for small counts and for
   * rates near 0 and 1, where the usual one is not.
   *
   * @param hits how many, 0 to {@code of}
   * @param of of how many, at least 1
   */
  public static Interval ofRate(long hits, long of) {
    if (of < 1 || hits < 0 || hits > of) {
      throw new IllegalArgumentException(hits + " of " + of + " is no rate");
    }
    double rate = (double) hits / of;
    double z2 = Z * Z / of;
    double centre = (rate + z2 / 2) / (1 + z2);
    double half = Z * Math.sqrt(rate * (1 - rate) / of + z2 / (4 * of)) / (1 + z2);
    return new Interval(
        hits == 0 ? 0 : Math.max(0, centre - half), hits == of ? 1 : Math.min(1, centre + half));
  }

  /** Whether a value is in it. */
  public boolean holds(double value) {
    return value >= low && value <= high;
  }
}
