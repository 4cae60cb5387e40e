package dev.halcyon.app.calibration;

import java.util.Arrays;

/** How well scores put positives before background, whatever the threshold. */
public final class RankQuality {
  private RankQuality() {}

  /**
   * The probability that a positive scores above a background image, ties counting half: the area
   * under the ROC curve.
   *
   * @param background at least one score
   * @param positives at least one score
   */
  public static double area(double[] background, double[] positives) {
    if (background.length == 0 || positives.length == 0) {
      throw new IllegalArgumentException("an area needs scores on both sides");
    }
    double[] sorted = background.clone();
    Arrays.sort(sorted);
    double wins = 0;
    for (double score : positives) {
      int below = firstAtLeast(sorted, score);
      int upTo = firstAtLeast(sorted, Math.nextUp(score));
      wins += below + (upTo - below) / 2.0;
    }
    return wins / ((double) background.length * positives.length);
  }

  private static int firstAtLeast(double[] sorted, double value) {
    int low = 0;
    int high = sorted.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (sorted[middle] < value) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
