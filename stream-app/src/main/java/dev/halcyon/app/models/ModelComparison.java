package dev.halcyon.app.models;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Two models by what one label set makes of the same images under each.
 *
 * @param images how many both could look at
 * @param labels each label, the ones that differ most first
 */
public record ModelComparison(int images, List<Line> labels) {
  /** Firing rates this close are not worth a new threshold. */
  private static final double RATE_TOLERANCE = 0.02;

  /** A label that fires on fewer images says little about its threshold. */
  private static final int LEAST_FIRINGS = 5;

  /**
   * A label.
   *
   * @param label its id
   * @param firedByA images it fires on under the first model
   * @param firedByB under the second
   * @param firedByBoth under both
   * @param agreement share of images on which both say the same, in [0, 1]
   * @param kappa agreement beyond chance (Cohen 1960), 1 is perfect, 0 is chance; 1 where neither
   *     ever fires
   * @param rankCorrelation how alike both order the images (Spearman), in [-1, 1]
   * @param threshold the label's threshold
   * @param matchingThreshold the threshold at which the second model would fire on as many images
   *     as the first does, the label's own where it does already
   * @param advice what to do about its threshold
   */
  public record Line(
      String label,
      int firedByA,
      int firedByB,
      int firedByBoth,
      double agreement,
      double kappa,
      double rankCorrelation,
      double threshold,
      double matchingThreshold,
      Advice advice) {}

  /** What to do about a label's threshold. */
  public enum Advice {
    /** It fires about as often, mostly on the same images. */
    KEEP,
    /** It fires on too few images under either model to say. */
    MORE_IMAGES,
    /** It fires on clearly more or fewer images, or on others. */
    RECALIBRATE
  }

  public ModelComparison {
    labels = List.copyOf(labels);
  }

  /**
   * Compares scores.
   *
   * @param ids of the labels
   * @param thresholds of the labels
   * @param a scores under the first model, by image and label
   * @param b scores under the second, of the same images in the same order
   */
  public static ModelComparison of(
      List<String> ids, double[] thresholds, List<double[]> a, List<double[]> b) {
    if (a.size() != b.size()) {
      throw new IllegalArgumentException(a.size() + " images, but " + b.size() + " to compare");
    }
    List<Line> lines = new ArrayList<>();
    for (int label = 0; label < ids.size(); label++) {
      lines.add(line(ids.get(label), thresholds[label], column(a, label), column(b, label)));
    }
    lines.sort(
        Comparator.comparing(Line::advice)
            .reversed()
            .thenComparingDouble(Line::agreement)
            .thenComparing(Line::label));
    return new ModelComparison(a.size(), lines);
  }

  /** Labels whose thresholds are to be set anew. */
  public long toRecalibrate() {
    return labels.stream().filter(line -> line.advice() == Advice.RECALIBRATE).count();
  }

  /** Share of all decisions, labels times images, on which both models say the same. */
  public double agreement() {
    return labels.stream().mapToDouble(Line::agreement).average().orElse(1);
  }

  private static Line line(String id, double threshold, double[] a, double[] b) {
    int n = a.length;
    int byA = 0;
    int byB = 0;
    int byBoth = 0;
    for (int i = 0; i < n; i++) {
      boolean firesA = a[i] >= threshold;
      boolean firesB = b[i] >= threshold;
      byA += firesA ? 1 : 0;
      byB += firesB ? 1 : 0;
      byBoth += firesA && firesB ? 1 : 0;
    }
    double agreement = n == 0 ? 1 : (n - byA - byB + 2.0 * byBoth) / n;
    double kappa = kappa(n, byA, byB, agreement);
    return new Line(
        id,
        byA,
        byB,
        byBoth,
        agreement,
        kappa,
        correlation(ranks(a), ranks(b)),
        threshold,
        byA == byB ? threshold : matching(b, byA, threshold),
        advice(n, byA, byB, kappa));
  }

  private static Advice advice(int images, int byA, int byB, double kappa) {
    if (Math.abs(byA - byB) > Math.max(LEAST_FIRINGS - 1, RATE_TOLERANCE * images)) {
      return Advice.RECALIBRATE;
    }
    if (Math.max(byA, byB) < LEAST_FIRINGS) {
      return Advice.MORE_IMAGES;
    }
    return kappa < 0.6 ? Advice.RECALIBRATE : Advice.KEEP;
  }

  private static double kappa(int n, int byA, int byB, double agreement) {
    if (n == 0) {
      return 1;
    }
    double a = (double) byA / n;
    double b = (double) byB / n;
    double chance = a * b + (1 - a) * (1 - b);
    return chance == 1 ? 1 : (agreement - chance) / (1 - chance);
  }

  /** The middle between the score that would just fire and the next, or beyond all of them. */
  private static double matching(double[] scores, int wanted, double threshold) {
    double[] sorted = scores.clone();
    Arrays.sort(sorted);
    int n = sorted.length;
    if (wanted == 0) {
      return Math.max(threshold, Math.min(1, Math.nextUp(sorted[n - 1])));
    }
    double fires = sorted[n - wanted];
    return wanted == n ? fires : (fires + sorted[n - wanted - 1]) / 2;
  }

  /** Ranks from 1, ties sharing their mean. */
  private static double[] ranks(double[] values) {
    Integer[] order = new Integer[values.length];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, (x, y) -> Double.compare(values[x], values[y]));
    double[] ranks = new double[values.length];
    int from = 0;
    while (from < order.length) {
      int to = from;
      while (to + 1 < order.length && values[order[to + 1]] == values[order[from]]) {
        to++;
      }
      for (int i = from; i <= to; i++) {
        ranks[order[i]] = (from + to) / 2.0 + 1;
      }
      from = to + 1;
    }
    return ranks;
  }

  private static double correlation(double[] x, double[] y) {
    double meanX = Arrays.stream(x).average().orElse(0);
    double meanY = Arrays.stream(y).average().orElse(0);
    double xy = 0;
    double xx = 0;
    double yy = 0;
    for (int i = 0; i < x.length; i++) {
      xy += (x[i] - meanX) * (y[i] - meanY);
      xx += (x[i] - meanX) * (x[i] - meanX);
      yy += (y[i] - meanY) * (y[i] - meanY);
    }
    return xx == 0 || yy == 0 ? 0 : xy / Math.sqrt(xx * yy);
  }

  private static double[] column(List<double[]> rows, int column) {
    return rows.stream().mapToDouble(row -> row[column]).toArray();
  }
}
