package dev.halcyon.app.calibration;

/** What a threshold is to reach. */
public sealed interface Target {
  /**
   * No more than a share of background images may fire.
   *
   * @param rate in (0, 1)
   */
  record FalsePositiveRate(double rate) implements Target {
    public FalsePositiveRate {
      requireShare("false-positive rate", rate);
    }
  }

  /**
   * So much of what fires must be right.
   *
   * @param share in (0, 1)
   */
  record Precision(double share) implements Target {
    public Precision {
      requireShare("precision", share);
    }
  }

  private static void requireShare(String what, double value) {
    if (!(value > 0 && value < 1)) {
      throw new IllegalArgumentException(
          what + " " + value + " is not between 0 and 1; write 0.01 for 1%");
    }
  }
}
