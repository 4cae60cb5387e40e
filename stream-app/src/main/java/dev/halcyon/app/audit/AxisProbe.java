package dev.halcyon.app.audit;

import dev.halcyon.app.labels.CounterfactualAxis;
import java.util.List;

/**
 * The groups on one axis as directions of a model, and how everyday sentences stand to them.
 * Immutable.
 */
final class AxisProbe {
  private static final double SMALLEST_SKEW = 1e-9;

  private final CounterfactualAxis axis;
  private final List<String> groupIds;
  private final List<float[]> groups;
  private final List<float[]> everyday;
  private final double medianSkew;
  private final double medianLeakage;

  /**
   * A probe.
   *
   * @param groups the unit vector of each group, in the order of the axis
   * @param everyday the unit vectors of everyday sentences, at least one
   */
  AxisProbe(CounterfactualAxis axis, List<float[]> groups, List<float[]> everyday) {
    this.axis = axis;
    this.groupIds = axis.groups().stream().map(CounterfactualAxis.Group::id).toList();
    this.groups = List.copyOf(groups);
    this.everyday = List.copyOf(everyday);
    List<Leaning> leanings = everyday.stream().map(text -> Leaning.of(text, groups)).toList();
    this.medianSkew = median(leanings.stream().mapToDouble(Leaning::skew).toArray());
    this.medianLeakage = median(leanings.stream().mapToDouble(Leaning::leakage).toArray());
  }

  List<String> groupIds() {
    return groupIds;
  }

  double medianSkew() {
    return medianSkew;
  }

  double medianLeakage() {
    return medianLeakage;
  }

  /**
   * How a label stands to the groups.
   *
   * @param direction its unit vector
   * @param sentences the unit vectors of its sentences
   */
  LabelMeasure measure(String label, float[] direction, List<float[]> sentences) {
    Leaning leaning = Leaning.of(direction, groups);
    Association strongest = null;
    int of = 0;
    // On an axis of two, one group's test is the other's with its sign turned.
    for (int g = 0; g < groups.size(); g++) {
      Association tested =
          Association.of(
              associations(sentences, g), associations(everyday, g), label.hashCode() * 31L + g);
      if (tested.effect() > 0
          && (strongest == null
              || tested.p() < strongest.p()
              || (tested.p() == strongest.p() && tested.effect() > strongest.effect()))) {
        strongest = tested;
        of = g;
      }
    }
    if (strongest == null) {
      strongest = new Association(0, 1);
    }
    return new LabelMeasure(
        label,
        axis.id(),
        groupIds.get(leaning.towards()),
        groupIds.get(leaning.away()),
        leaning.skew(),
        leaning.skew() / Math.max(SMALLEST_SKEW, medianSkew),
        leaning.leakage(),
        strongest.effect(),
        groupIds.get(of),
        Math.min(1, strongest.p() * tests()));
  }

  private int tests() {
    return groups.size() == 2 ? 1 : groups.size();
  }

  /** For each text, its cosine with a group less the mean of its cosines with the others. */
  private double[] associations(List<float[]> texts, int group) {
    double[] associations = new double[texts.size()];
    for (int i = 0; i < associations.length; i++) {
      double others = 0;
      for (int g = 0; g < groups.size(); g++) {
        if (g != group) {
          others += Leaning.dot(texts.get(i), groups.get(g));
        }
      }
      associations[i] = Leaning.dot(texts.get(i), groups.get(group)) - others / (groups.size() - 1);
    }
    return associations;
  }

  static double median(double[] values) {
    double[] sorted = values.clone();
    java.util.Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
