package dev.halcyon.app.decision;

import dev.halcyon.labels.Label;
import java.util.Optional;

/**
 * A label within a compiled set.
 *
 * @param index its index in the set
 * @param vectors its vectors
 * @param group its group
 * @param position its position in the group
 * @param learned whether a probe scores it
 * @param counterfactual the rows of its group with group terms projected out
 * @param terms words that name it
 * @param threshold from which it fires
 * @param review from which a person should look, the threshold itself where the label names none
 */
record CompiledLabel(
    int index,
    LabelVectors vectors,
    CompiledGroup group,
    int position,
    boolean learned,
    Optional<Frame> counterfactual,
    ReadWords.Terms terms,
    Bar threshold,
    Bar review) {
  Label label() {
    return vectors.label();
  }

  String id() {
    return vectors.label().id();
  }
}
