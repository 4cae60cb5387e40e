package dev.halcyon.app.models;

import dev.halcyon.labels.Label;
import dev.halcyon.labels.LabelSet;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Two models over the same folder of pictures.
 *
 * @param labels by label
 * @param page the same with pictures, for {@code model-comparison}
 */
public record FolderComparison(ModelComparison labels, ComparisonPage page) {

  /**
   * Compares what two models made of the same pictures by the same set.
   *
   * @throws IllegalArgumentException if the looks are of different labels
   */
  public static FolderComparison of(LabelSet set, ModelLook a, ModelLook b) {
    if (!a.labels().equals(b.labels())) {
      throw new IllegalArgumentException("the models were asked for different labels");
    }
    double[] thresholds = thresholds(set, a.labels());
    List<double[]> scoresOfA = new ArrayList<>();
    List<double[]> scoresOfB = new ArrayList<>();
    for (Path file : a.scores().keySet()) {
      if (b.scores().containsKey(file)) {
        scoresOfA.add(a.scores().get(file));
        scoresOfB.add(b.scores().get(file));
      }
    }
    ModelComparison found = ModelComparison.of(a.labels(), thresholds, scoresOfA, scoresOfB);
    String nameOfA = a.model().identity().id();
    String nameOfB = b.model().identity().id();
    List<ComparisonPage.Card> cards =
        List.of(
            card(Integer.toString(found.images()), "pictures both looked at"),
            card(
                String.format(Locale.ROOT, "%.1f%%", 100 * found.agreement()),
                "of decisions agree, over all labels"),
            card(Long.toString(found.toRecalibrate()), "labels to recalibrate"),
            card(String.format(Locale.ROOT, "%.1f", a.imagesPerSecond()), "images/s of " + nameOfA),
            card(String.format(Locale.ROOT, "%.1f", b.imagesPerSecond()), "images/s of " + nameOfB),
            card(megabytes(a), "files of " + nameOfA),
            card(megabytes(b), "files of " + nameOfB));
    ComparisonPage page =
        ComparisonPage.of(
            nameOfA + " and " + nameOfB,
            "A is "
                + nameOfA
                + ", B is "
                + nameOfB
                + "; label set "
                + set.name()
                + ". Thresholds belong to a model: what is shown for B is what the set would do"
                + " unchanged.",
            cards,
            found,
            ComparisonPage.shots(a, b, thresholds));
    return new FolderComparison(found, page);
  }

  /** Thresholds of labels, in an order. */
  static double[] thresholds(LabelSet set, List<String> labels) {
    return labels.stream()
        .mapToDouble(
            id ->
                set.labels().stream()
                    .filter(label -> label.id().equals(id))
                    .map(Label::threshold)
                    .findFirst()
                    .orElseThrow()
                    .value())
        .toArray();
  }

  private static ComparisonPage.Card card(String number, String what) {
    return new ComparisonPage.Card(number, what);
  }

  private static String megabytes(ModelLook look) {
    return String.format(Locale.ROOT, "%.0f MB", look.model().bytes() / 1e6);
  }
}
