package dev.halcyon.app.models;

import dev.halcyon.app.report.Pictures;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageIO;

/**
 * A comparison as the page {@code model-comparison} shows it.
 *
 * @param cards figures at its head
 * @param rows labels
 * @param shots pictures on which the models differ most
 */
public record ComparisonPage(
    String title,
    String subtitle,
    String madeBy,
    List<Card> cards,
    List<Row> rows,
    List<Shot> shots) {
  private static final int MOST_SHOTS = 24;
  private static final int SHOT_PIXELS = 320;

  /** A figure. */
  public record Card(String number, String what) {}

  /** A label. */
  public record Row(
      String label,
      int firedByA,
      int firedByB,
      int firedByBoth,
      String agreement,
      String kappa,
      String rank,
      String threshold,
      String matching,
      String advice,
      String chip) {}

  /**
   * A picture on which the models differ.
   *
   * @param image data URI, or empty where the picture cannot be shown
   */
  public record Shot(String image, boolean gone, String name, String label, String a, String b) {}

  /**
   * The page of a comparison.
   *
   * @param shown pictures with the label that differs most on each and its scores
   */
  static ComparisonPage of(
      String title, String subtitle, List<Card> cards, ModelComparison found, List<Shot> shown) {
    return new ComparisonPage(title, subtitle, "halcyon models compare", cards, rows(found), shown);
  }

  private static List<Row> rows(ModelComparison found) {
    return found.labels().stream()
        .map(
            line ->
                new Row(
                    line.label(),
                    line.firedByA(),
                    line.firedByB(),
                    line.firedByBoth(),
                    String.format(Locale.ROOT, "%.1f%%", 100 * line.agreement()),
                    String.format(Locale.ROOT, "%.2f", line.kappa()),
                    String.format(Locale.ROOT, "%.2f", line.rankCorrelation()),
                    String.format(Locale.ROOT, "%.3f", line.threshold()),
                    String.format(Locale.ROOT, "%.3f", line.matchingThreshold()),
                    word(line.advice()),
                    switch (line.advice()) {
                      case KEEP -> "good";
                      case MORE_IMAGES -> "quiet";
                      case RECALIBRATE -> "warn";
                    }))
        .toList();
  }

  /** An advice for people. */
  public static String word(ModelComparison.Advice advice) {
    return advice.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  /** The pictures on which one model fires and the other does not, widest apart first. */
  static List<Shot> shots(ModelLook a, ModelLook b, double[] thresholds) {
    record Apart(Path file, int label, double a, double b) {}
    List<Apart> apart = new ArrayList<>();
    a.scores()
        .forEach(
            (file, own) -> {
              double[] other = b.scores().get(file);
              int widest = -1;
              for (int label = 0; other != null && label < own.length; label++) {
                boolean differ =
                    own[label] >= thresholds[label] != other[label] >= thresholds[label];
                if (differ
                    && (widest < 0
                        || Math.abs(own[label] - other[label])
                            > Math.abs(own[widest] - other[widest]))) {
                  widest = label;
                }
              }
              if (widest >= 0) {
                apart.add(new Apart(file, widest, own[widest], other[widest]));
              }
            });
    apart.sort(Comparator.comparingDouble((Apart one) -> -Math.abs(one.a() - one.b())));
    return apart.stream()
        .limit(MOST_SHOTS)
        .map(
            one -> {
              String image = image(one.file());
              return new Shot(
                  image,
                  image.isEmpty(),
                  String.valueOf(one.file().getFileName()),
                  a.labels().get(one.label()),
                  String.format(Locale.ROOT, "%.2f", one.a()),
                  String.format(Locale.ROOT, "%.2f", one.b()));
            })
        .toList();
  }

  private static String image(Path file) {
    try {
      BufferedImage picture = ImageIO.read(file.toFile());
      return picture == null ? "" : Pictures.thumbnail(picture, SHOT_PIXELS);
    } catch (IOException e) {
      return "";
    }
  }
}
