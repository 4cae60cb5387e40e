package dev.halcyon.app.labels;

import dev.halcyon.app.decision.Decider;
import dev.halcyon.app.decision.Decision;
import dev.halcyon.app.decision.LabelSetVersion;
import dev.halcyon.clip.Evidence;
import java.util.List;
import java.util.Set;

/**
 * Stands where no label set decides a surface. The surface is a word of the upload, so that a
 * strange one must not stop the stream: its images get a decision that names no label set, and are
 * counted.
 */
final class NoLabelSet implements Decider {
  private static final LabelSetVersion NONE = new LabelSetVersion("none", 0, "");

  private final LabelSetObserver observer;

  NoLabelSet(LabelSetObserver observer) {
    this.observer = observer;
  }

  @Override
  public Decision decide(Evidence evidence, Context context) {
    observer.undecided();
    return new Decision(NONE, List.of(), Set.of());
  }

  @Override
  public LabelSetVersion labelSet() {
    return NONE;
  }
}
