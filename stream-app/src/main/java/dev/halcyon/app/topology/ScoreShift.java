package dev.halcyon.app.topology;

import java.util.List;

/**
 * How far a label's scores have shifted between two windows: the population stability index {@code
 * sum (p - q) ln(p / q)} over the tenths of the score and the images on which the label was not
 * reported, half a case added to each. By custom below 0.1 is steady and above 0.25 has moved.
 * Pure.
 */
final class ScoreShift {
  /** From here on scores have moved, by custom. */
  static final double MOVED = 0.25;

  private ScoreShift() {}

  /**
   * The index.
   *
   * @param reported images by tenth of the score
   * @param images all images
   */
  static double psi(
      List<Long> reported, long images, List<Long> reportedBefore, long imagesBefore) {
    int bins = reported.size() + 1;
    double sum = 0;
    for (int bin = 0; bin < bins; bin++) {
      double p = share(reported, images, bin);
      double q = share(reportedBefore, imagesBefore, bin);
      sum += (p - q) * Math.log(p / q);
    }
    return sum;
  }

  /**
   * Whether an index is both large and beyond chance: of two samples of the same scores it is about
   * chi-squared with a degree less than there are bins, times {@code 1/n + 1/m}.
   */
  static boolean hasMoved(double psi, int tenths, long images, long imagesBefore) {
    double scale = 1.0 / images + 1.0 / imagesBefore;
    double chance = scale * (tenths + 4 * Math.sqrt(2.0 * tenths));
    return psi > Math.max(MOVED, chance);
  }

  /** The share of a bin; the last holds the images on which the label was not reported. */
  private static double share(List<Long> reported, long images, int bin) {
    int bins = reported.size() + 1;
    long count;
    if (bin < reported.size()) {
      count = reported.get(bin);
    } else {
      count = images - reported.stream().mapToLong(Long::longValue).sum();
    }
    return (Math.max(0, count) + 0.5) / (images + 0.5 * bins);
  }
}
