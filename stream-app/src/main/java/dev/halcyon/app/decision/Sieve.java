package dev.halcyon.app.decision;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Finds the embeddings of a batch that a decision may have anything to say about. Most images of a
 * history are far from every label, and this settles them label by label along the whole batch,
 * without an exponential and without an object an image.
 *
 * <p>It may let through an embedding that turns out quiet, never the reverse: a label's score is at
 * most {@code sigmoid((s - rival) / T)} with the strongest rival that competes for certain, as
 * {@link Scores} bounds it. Immutable.
 */
final class Sieve {
  /** In logits: covers the rounding of a difference of similarities of up to 1000 as floats. */
  private static final double SLACK = 1e-3;

  private static final int NO_RIVALS = -1;

  private final List<int[]> rivals = new ArrayList<>();
  private final List<Bound> bounds = new ArrayList<>();

  /**
   * One label may report from here on.
   *
   * @param row of the label
   * @param rivals index of its rivals, or {@link #NO_RIVALS}
   * @param least least distance from the strongest rival, or from 0
   */
  private record Bound(int row, int rivals, float least) {}

  /**
   * A sieve.
   *
   * @param competes by label index, whether the label competes for every image
   */
  Sieve(CompiledLabelSet set, boolean[] competes) {
    int[] ofFrame = new int[set.frameCount()];
    Arrays.fill(ofFrame, NO_RIVALS);
    for (CompiledLabel label : set.labels()) {
      Bar lower =
          label.review().logit() < label.threshold().logit() ? label.review() : label.threshold();
      bounds.add(bound(label, label.group().asWritten(), lower, competes, ofFrame));
      label
          .counterfactual()
          .ifPresent(
              frame -> bounds.add(bound(label, frame, label.threshold(), competes, ofFrame)));
    }
  }

  /**
   * By how much each embedding exceeds the nearest bound; below 0 where it is certainly quiet.
   *
   * @param excess receives a value a column
   */
  void excess(Columns columns, int count, float[] excess) {
    float[][] strongest = new float[rivals.size()][];
    for (int k = 0; k < strongest.length; k++) {
      strongest[k] = new float[count];
      Arrays.fill(strongest[k], Float.NEGATIVE_INFINITY);
      for (int row : rivals.get(k)) {
        raise(columns.row(row), count, strongest[k]);
      }
    }
    Arrays.fill(excess, 0, count, Float.NEGATIVE_INFINITY);
    for (Bound bound : bounds) {
      float[] similarities = columns.row(bound.row());
      if (bound.rivals() == NO_RIVALS) {
        exceed(similarities, bound.least(), count, excess);
      } else {
        exceed(similarities, strongest[bound.rivals()], bound.least(), count, excess);
      }
    }
  }

  private Bound bound(
      CompiledLabel label, Frame frame, Bar bar, boolean[] competes, int[] ofFrame) {
    int row = frame.labelRows()[label.position()];
    if (label.learned()) {
      return new Bound(row, NO_RIVALS, (float) (bar.logit() - SLACK));
    }
    if (ofFrame[frame.index()] == NO_RIVALS) {
      ofFrame[frame.index()] = rivals.size();
      rivals.add(rivalRows(label.group(), frame, competes));
    }
    float least = (float) (frame.temperature() * bar.logit() - SLACK);
    // The strongest label that competes is its own rival here, so it always passes.
    return new Bound(
        row, ofFrame[frame.index()], label.group().exclusive() ? Math.min(0, least) : least);
  }

  private static int[] rivalRows(CompiledGroup group, Frame frame, boolean[] competes) {
    var rows = new ArrayList<Integer>();
    for (int row = frame.backgroundFrom(); row < frame.backgroundTo(); row++) {
      rows.add(row);
    }
    if (group.exclusive()) {
      for (int k = 0; k < frame.labelRows().length; k++) {
        if (frame.labelRows()[k] != Frame.ABSENT && competes[group.firstLabel() + k]) {
          rows.add(frame.labelRows()[k]);
        }
      }
    }
    return rows.stream().mapToInt(Integer::intValue).toArray();
  }

  private static void raise(float[] similarities, int count, float[] strongest) {
    for (int i = 0; i < count; i++) {
      strongest[i] = Math.max(strongest[i], similarities[i]);
    }
  }

  private static void exceed(float[] similarities, float least, int count, float[] excess) {
    for (int i = 0; i < count; i++) {
      excess[i] = Math.max(excess[i], similarities[i] - least);
    }
  }

  private static void exceed(
      float[] similarities, float[] strongest, float least, int count, float[] excess) {
    for (int i = 0; i < count; i++) {
      excess[i] = Math.max(excess[i], similarities[i] - strongest[i] - least);
    }
  }
}
