package dev.halcyon.app.calibration;

import dev.halcyon.app.statistics.Interval;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;

/**
 * A threshold that was measured.
 *
 * @param value fires from here, in (0, 1)
 * @param spread where the value would lie on other examples of the same kind, at 95% confidence
 * @param falsePositives background images that fire
 * @param background background images
 * @param truePositives positive images that fire
 * @param positives positive images
 */
public record ThresholdFit(
    double value,
    Interval spread,
    long falsePositives,
    long background,
    long truePositives,
    long positives) {

  /**
   * So many false alarms must be expected in a sample before a rate is claimed: with ten, the 95%
   * interval reaches from about half of the rate to twice the rate.
   */
  private static final double LEAST_EXPECTED = 10;

  private static final int RESAMPLES = 500;
  private static final long SEED = 20260101;

  /** Share of background images that fire, and its interval. */
  public double falsePositiveRate() {
    return (double) falsePositives / background;
  }

  public Interval falsePositiveInterval() {
    return Interval.ofRate(falsePositives, background);
  }

  /** Share of positive images that fire; empty where there was none. */
  public Optional<Double> recall() {
    return positives == 0 ? Optional.empty() : Optional.of((double) truePositives / positives);
  }

  public Optional<Interval> recallInterval() {
    return positives == 0
        ? Optional.empty()
        : Optional.of(Interval.ofRate(truePositives, positives));
  }

  /** Share of positives among the examples that fire. */
  public double precision() {
    return (double) truePositives / Math.max(1, truePositives + falsePositives);
  }

  public Interval precisionInterval() {
    return Interval.ofRate(truePositives, Math.max(1, truePositives + falsePositives));
  }

  /**
   * The lowest threshold at which no more than a share of the background fires: the (1 - rate)
   * quantile of the background's scores.
   *
   * @param background scores of images the label must not fire on, in [0, 1]
   * @param positives scores of images it must fire on; may be empty, they only tell the recall
   * @param rate the wanted false-positive rate, in (0, 1)
   * @throws TooFewExamplesException if fewer than ten false alarms are to be expected, or no score
   *     below 1 keeps to the rate
   */
  public static ThresholdFit forFalsePositiveRate(
      double[] background, double[] positives, double rate) throws TooFewExamplesException {
    requireShare("false-positive rate", rate);
    long needed = (long) Math.ceil(LEAST_EXPECTED / rate - 1e-9);
    if (background.length < needed) {
      throw new TooFewExamplesException(
          String.format(
              Locale.ROOT,
              "too few background examples: have %d, need %d for a false-positive rate of %s at 95%%"
                  + " confidence",
              background.length,
              needed,
              percent(rate)));
    }
    double[] sorted = background.clone();
    Arrays.sort(sorted);
    int allowed = (int) Math.floor(rate * sorted.length + 1e-9);
    double value = above(sorted, sorted.length - 1 - allowed, rate);
    return fitted(value, quantileSpread(value, sorted, sorted.length - allowed), sorted, positives);
  }

  /**
   * The lowest threshold at which a share of what fires is right, taking the examples' own mix of
   * positives and background for that of the traffic.
   *
   * @param background scores of images the label must not fire on, in [0, 1]
   * @param positives scores of images it must fire on
   * @param precision the wanted precision, in (0, 1)
   * @throws TooFewExamplesException if fewer than ten false alarms are to be expected among the
   *     positives that may fire, or no score reaches the precision
   */
  public static ThresholdFit forPrecision(double[] background, double[] positives, double precision)
      throws TooFewExamplesException {
    requireShare("precision", precision);
    long needed = (long) Math.ceil(LEAST_EXPECTED * precision / (1 - precision) - 1e-9);
    if (positives.length < needed) {
      throw new TooFewExamplesException(
          String.format(
              Locale.ROOT,
              "too few positive examples: have %d, need %d for a precision of %s at 95%% confidence",
              positives.length,
              needed,
              percent(precision)));
    }
    if (background.length == 0) {
      throw new TooFewExamplesException(
          "too few background examples: have none, and precision is a matter of both");
    }
    double[] sortedBackground = background.clone();
    double[] sortedPositives = positives.clone();
    Arrays.sort(sortedBackground);
    Arrays.sort(sortedPositives);
    double reached = lowestReaching(sortedBackground, sortedPositives, precision);
    if (Double.isNaN(reached)) {
      throw new TooFewExamplesException(
          "no score reaches a precision of "
              + percent(precision)
              + " on these examples: the label does not tell them apart so well; reword it, or"
              + " learn it from the examples");
    }
    Random random = new Random(SEED);
    double[] resampled = new double[RESAMPLES];
    for (int r = 0; r < RESAMPLES; r++) {
      double again =
          lowestReaching(
              resample(sortedBackground, random), resample(sortedPositives, random), precision);
      resampled[r] = Double.isNaN(again) ? 1 : again;
    }
    Arrays.sort(resampled);
    double value = shortest(previous(sortedBackground, sortedPositives, reached), reached);
    Interval spread =
        new Interval(
            value,
            resampled[(int) (0.025 * RESAMPLES)],
            resampled[(int) Math.ceil(0.975 * RESAMPLES) - 1]);
    return fitted(value, spread, sortedBackground, sortedPositives);
  }

  /** How a threshold fares on examples, whatever it was chosen for. */
  public static ThresholdFit at(double value, double[] background, double[] positives) {
    double[] sorted = background.clone();
    Arrays.sort(sorted);
    return fitted(value, new Interval(value, value, value), sorted, positives);
  }

  private static ThresholdFit fitted(
      double value, Interval spread, double[] background, double[] positives) {
    return new ThresholdFit(
        value,
        spread,
        Arrays.stream(background).filter(score -> score >= value).count(),
        background.length,
        Arrays.stream(positives).filter(score -> score >= value).count(),
        positives.length);
  }

  /** A short number above the score at an index and, ties apart, not above the next. */
  private static double above(double[] sorted, int index, double rate)
      throws TooFewExamplesException {
    int next = index + 1;
    while (next < sorted.length && sorted[next] == sorted[index]) {
      next++;
    }
    double limit = next < sorted.length ? sorted[next] : Math.nextDown(1.0);
    if (sorted[index] >= Math.nextDown(1.0)) {
      throw new TooFewExamplesException(
          "no threshold keeps a false-positive rate of "
              + percent(rate)
              + ": more of the background scores 1; reword the label, or learn it from examples");
    }
    return shortest(sorted[index], Math.min(limit, Math.nextDown(1.0)));
  }

  /** The number of fewest digits in (from, to]. */
  static double shortest(double from, double to) {
    for (int digits = 2; digits < 17; digits++) {
      double candidate = BigDecimal.valueOf(to).setScale(digits, RoundingMode.FLOOR).doubleValue();
      if (candidate > from && candidate <= to) {
        return candidate;
      }
    }
    return to;
  }

  /**
   * The spread of an order statistic under resampling. The r-th smallest of n values drawn with
   * replacement is at most the i-th of the sample with the probability that at least r of n draws
   * fall among its first i, so that no draw need be made (Efron 1982, section 10.3).
   *
   * @param value the threshold it belongs to
   * @param rank r, from 1
   */
  private static Interval quantileSpread(double value, double[] sorted, int rank) {
    int n = sorted.length;
    return new Interval(
        value, sorted[resampledIndex(n, rank, 0.025)], sorted[resampledIndex(n, rank, 0.975)]);
  }

  private static int resampledIndex(int n, int rank, double probability) {
    int low = 1;
    int high = n;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (atLeast(n, rank, (double) middle / n) >= probability) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low - 1;
  }

  /** The probability of at least r successes in n trials. */
  static double atLeast(int n, int r, double p) {
    if (p >= 1) {
      return 1;
    }
    // Terms from the mode outwards fall fast; below 1e-300 of it they are nothing.
    double logTerm = logBinomial(n, r) + r * Math.log(p) + (n - r) * Math.log1p(-p);
    double odds = p / (1 - p);
    double sum = 0;
    double term = Math.exp(logTerm);
    if (r > n * p) {
      for (int k = r; k <= n && term > 0; k++) {
        sum += term;
        term *= odds * (n - k) / (k + 1);
        if (term < sum * 1e-17) {
          break;
        }
      }
      return Math.min(1, sum);
    }
    // The lower tail is the short one.
    term *= r / (odds * (n - r + 1));
    for (int k = r - 1; k >= 0; k--) {
      sum += term;
      term *= k / (odds * (n - k + 1));
      if (term < sum * 1e-17) {
        break;
      }
    }
    return Math.max(0, 1 - sum);
  }

  private static double logBinomial(int n, int k) {
    double sum = 0;
    for (int i = 1; i <= k; i++) {
      sum += Math.log((double) (n - k + i) / i);
    }
    return sum;
  }

  /** The lowest positive score from which the precision is reached; NaN where none is. */
  private static double lowestReaching(double[] background, double[] positives, double precision) {
    double lowest = Double.NaN;
    int b = background.length;
    for (int p = positives.length - 1; p >= 0; p--) {
      if (p > 0 && positives[p - 1] == positives[p]) {
        continue;
      }
      while (b > 0 && background[b - 1] >= positives[p]) {
        b--;
      }
      double right = positives.length - p;
      double wrong = background.length - b;
      if (right / (right + wrong) >= precision && positives[p] > 0) {
        lowest = positives[p];
      }
    }
    return lowest;
  }

  /** The greatest score of either sample below a value, 0 where there is none. */
  private static double previous(double[] background, double[] positives, double value) {
    double previous = 0;
    for (double[] sample : new double[][] {background, positives}) {
      for (double score : sample) {
        if (score < value) {
          previous = Math.max(previous, score);
        }
      }
    }
    return previous;
  }

  private static double[] resample(double[] sample, Random random) {
    double[] again = new double[sample.length];
    for (int i = 0; i < again.length; i++) {
      again[i] = sample[random.nextInt(sample.length)];
    }
    Arrays.sort(again);
    return again;
  }

  private static void requireShare(String what, double value) {
    if (!(value > 0 && value < 1)) {
      throw new IllegalArgumentException(what + " " + value + " is not between 0 and 1");
    }
  }

  private static String percent(double share) {
    return BigDecimal.valueOf(share * 100)
            .setScale(4, RoundingMode.HALF_UP)
            .stripTrailingZeros()
            .toPlainString()
        + "%";
  }
}
