package dev.halcyon.app.audit;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * How the words of one label stand to the groups on one axis.
 *
 * @param label its id
 * @param axis the axis
 * @param towards the group the words are nearest to
 * @param away the group they are farthest from
 * @param skew difference of the two cosines
 * @param relativeSkew the skew as a multiple of the median skew of everyday sentences
 * @param leakage share of the words' direction that lies along the groups' differences
 * @param effect WEAT effect size, the label's sentences against everyday ones, of the group with
 *     the smallest p
 * @param effectGroup that group
 * @param p its permutation p, times the number of groups tested (Bonferroni), at most 1
 */
public record LabelMeasure(
    String label,
    String axis,
    String towards,
    String away,
    double skew,
    double relativeSkew,
    double leakage,
    double effect,
    String effectGroup,
    double p) {
  /** The permutation p as people read it. */
  String shownP() {
    return p < 0.001 ? "<0.001" : String.format(Locale.ROOT, "%.3f", p);
  }

  /** Each label on the axis where it leans the most, the farthest leaning first. */
  static List<LabelMeasure> worst(List<LabelMeasure> measures) {
    Map<String, LabelMeasure> worst = new LinkedHashMap<>();
    for (LabelMeasure measure : measures) {
      worst.merge(measure.label(), measure, (a, b) -> b.relativeSkew() > a.relativeSkew() ? b : a);
    }
    return worst.values().stream()
        .sorted(Comparator.comparingDouble(LabelMeasure::relativeSkew).reversed())
        .toList();
  }
}
