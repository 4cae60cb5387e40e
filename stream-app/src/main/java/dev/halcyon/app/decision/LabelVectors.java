package dev.halcyon.app.decision;

import dev.halcyon.labels.Label;
import dev.halcyon.labels.LabelStatus;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * One label as vectors. The vectors are shared, never written to.
 *
 * @param label the label as written
 * @param display display name in the set's locale
 * @param status the label's status, no livelier than its set's: shadow, canary or active
 * @param mayBlock whether firing may block by itself: a sensitive label only with a waiver in force
 * @param direction unit vector of the prompt ensemble, or the weights of the learned probe
 * @param prompts the label's prompts one by one, for explanations; empty for learned labels
 * @param negatives what looks like the label and is not, one by one
 */
public record LabelVectors(
    Label label,
    Optional<String> display,
    LabelStatus status,
    boolean mayBlock,
    float[] direction,
    List<PromptVector> prompts,
    List<PromptVector> negatives) {
  public LabelVectors {
    Objects.requireNonNull(label, "label");
    Objects.requireNonNull(display, "display");
    Objects.requireNonNull(direction, "direction");
    if (status.compareTo(LabelStatus.SHADOW) < 0) {
      throw new IllegalArgumentException(label.id() + " is " + status + ", which is not scored");
    }
    prompts = List.copyOf(prompts);
    negatives = List.copyOf(negatives);
  }
}
