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
 */
record CompiledLabel(
    int index,
    LabelVectors vectors,
    CompiledGroup group,
    int position,
    boolean learned,
    Optional<Frame> counterfactual,
    ReadWords.Terms terms) {
  Label label() {
    return vectors.label();
  }

  String id() {
    return vectors.label().id();
  }

  double threshold() {
    return vectors.label().threshold().value();
  }
}
