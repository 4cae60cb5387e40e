package dev.halcyon.app.decision;

import java.util.Arrays;
import java.util.OptionalDouble;

/**
 * The scores of one embedding, computed where they are asked for. Used by one thread.
 *
 * <p>A label of an independent group scores {@code sigmoid((s - logsumexp(N)) / T)} with N the
 * group's background and the label's negatives. In an exclusive group it is a softmax at
 * temperature T over the competing labels, the background and the label's negatives. Labels in
 * shadow do not compete: each is scored as if it alone had joined, so that trying a label changes
 * no other.
 */
final class Scores {
  /** Room for rounding between the bound of {@link #reaches} and the exact score. */
  private static final double SLACK = 1e-6;

  private final float[] similarities;
  private final boolean[] competes;
  private final double[] strongest;
  private final double[] mass;

  /**
   * Scores of one embedding.
   *
   * @param similarities with every row of the set
   * @param competes by label index, whether the label takes part in its group's softmax
   */
  Scores(CompiledLabelSet set, float[] similarities, boolean[] competes) {
    this.similarities = similarities;
    this.competes = competes;
    this.strongest = new double[set.frameCount()];
    this.mass = new double[set.frameCount()];
    Arrays.fill(strongest, Double.NaN);
    Arrays.fill(mass, Double.NaN);
  }

  /** The label's similarity; for a learned label the logit of its probe. */
  double similarity(CompiledLabel label) {
    return similarities[label.group().asWritten().labelRows()[label.position()]];
  }

  /** The similarity with any row. */
  double similarity(int row) {
    return similarities[row];
  }

  /** The label's probability in [0, 1]. */
  double score(CompiledLabel label) {
    return score(label, label.group().asWritten());
  }

  /** The label's probability with group terms projected out, where its policy names axes. */
  OptionalDouble counterfactualScore(CompiledLabel label) {
    return label.counterfactual().isPresent()
        ? OptionalDouble.of(score(label, label.counterfactual().get()))
        : OptionalDouble.empty();
  }

  /** Whether the label's score is at least so high. */
  boolean reaches(CompiledLabel label, Bar bar) {
    return reaches(label, label.group().asWritten(), bar);
  }

  /** Whether the label's score with group terms projected out is at least so high. */
  boolean counterfactualReaches(CompiledLabel label, Bar bar) {
    return label.counterfactual().isPresent() && reaches(label, label.counterfactual().get(), bar);
  }

  /** The row of the background prompt, negative or competing label nearest to the image. */
  int strongestRivalRow(CompiledLabel label) {
    Frame frame = label.group().asWritten();
    int k = label.position();
    int best = frame.backgroundFrom();
    for (int row = frame.backgroundFrom() + 1; row < frame.backgroundTo(); row++) {
      best = nearer(best, row);
    }
    for (int row = frame.negativesFrom()[k]; row < frame.negativesTo()[k]; row++) {
      best = nearer(best, row);
    }
    if (label.group().exclusive()) {
      for (int j = 0; j < frame.labelRows().length; j++) {
        if (j != k && competes[label.group().firstLabel() + j]) {
          best = nearer(best, frame.labelRows()[j]);
        }
      }
    }
    return best;
  }

  /**
   * Position of the competing label that wins an exclusive group; {@link Frame#ABSENT} where the
   * background does.
   */
  int winner(CompiledGroup group) {
    Frame frame = group.asWritten();
    int winner = Frame.ABSENT;
    float best = Float.NEGATIVE_INFINITY;
    for (int row = frame.backgroundFrom(); row < frame.backgroundTo(); row++) {
      best = Math.max(best, similarities[row]);
    }
    for (int k = 0; k < group.labelCount(); k++) {
      float similarity = similarities[frame.labelRows()[k]];
      if (competes[group.firstLabel() + k] && similarity > best) {
        winner = k;
        best = similarity;
      }
    }
    return winner;
  }

  private int nearer(int best, int row) {
    return similarities[row] > similarities[best] ? row : best;
  }

  /**
   * Most labels are far from firing, and the strongest single rival settles those without an
   * exponential: the score is at most {@code sigmoid((s - rival) / T)}.
   */
  private boolean reaches(CompiledLabel label, Frame frame, Bar bar) {
    if (!label.learned()) {
      double similarity = similarities[frame.labelRows()[label.position()]];
      double rival = strongest(label.group(), frame);
      // Where the label is itself the strongest that competes, its rivals are not known here.
      boolean known = similarity < rival || !label.group().exclusive();
      if (known && (similarity - rival) / frame.temperature() < bar.logit() - SLACK) {
        return false;
      }
    }
    return score(label, frame) >= bar.score();
  }

  private double score(CompiledLabel label, Frame frame) {
    double similarity = similarities[frame.labelRows()[label.position()]];
    if (label.learned()) {
      return sigmoid(similarity);
    }
    double temperature = label.group().exclusive() ? frame.temperature() : 1;
    double groupStrongest = strongest(label.group(), frame);
    int negativesFrom = frame.negativesFrom()[label.position()];
    int negativesTo = frame.negativesTo()[label.position()];
    double top = Math.max(groupStrongest, label.group().exclusive() ? similarity : groupStrongest);
    for (int row = negativesFrom; row < negativesTo; row++) {
      top = Math.max(top, similarities[row]);
    }
    double rivals = mass(label.group(), frame) * Math.exp((groupStrongest - top) / temperature);
    for (int row = negativesFrom; row < negativesTo; row++) {
      rivals += Math.exp((similarities[row] - top) / temperature);
    }
    if (!label.group().exclusive()) {
      return sigmoid((similarity - top - Math.log(rivals)) / frame.temperature());
    }
    double own = Math.exp((similarity - top) / temperature);
    return own / (competes[label.index()] ? rivals : rivals + own);
  }

  /** The greatest similarity of the background and, where labels compete, of those that do. */
  private double strongest(CompiledGroup group, Frame frame) {
    if (Double.isNaN(strongest[frame.index()])) {
      float best = Float.NEGATIVE_INFINITY;
      for (int row = frame.backgroundFrom(); row < frame.backgroundTo(); row++) {
        best = Math.max(best, similarities[row]);
      }
      if (group.exclusive()) {
        for (int k = 0; k < frame.labelRows().length; k++) {
          if (isRival(group, frame, k)) {
            best = Math.max(best, similarities[frame.labelRows()[k]]);
          }
        }
      }
      strongest[frame.index()] = best;
    }
    return strongest[frame.index()];
  }

  /** The sum of exponentials over the same, relative to the strongest. */
  private double mass(CompiledGroup group, Frame frame) {
    if (Double.isNaN(mass[frame.index()])) {
      double temperature = group.exclusive() ? frame.temperature() : 1;
      double top = strongest(group, frame);
      double sum = 0;
      for (int row = frame.backgroundFrom(); row < frame.backgroundTo(); row++) {
        sum += Math.exp((similarities[row] - top) / temperature);
      }
      if (group.exclusive()) {
        for (int k = 0; k < frame.labelRows().length; k++) {
          if (isRival(group, frame, k)) {
            sum += Math.exp((similarities[frame.labelRows()[k]] - top) / temperature);
          }
        }
      }
      mass[frame.index()] = sum;
    }
    return mass[frame.index()];
  }

  private boolean isRival(CompiledGroup group, Frame frame, int position) {
    return frame.labelRows()[position] != Frame.ABSENT && competes[group.firstLabel() + position];
  }

  private static double sigmoid(double logit) {
    return 1 / (1 + Math.exp(-logit));
  }
}
