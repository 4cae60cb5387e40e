package dev.halcyon.app.decision;

import dev.halcyon.labels.LabelGroup;

/**
 * A group within a compiled set.
 *
 * @param group as written
 * @param asWritten its rows
 * @param firstLabel index of its first label in the set
 * @param labelCount how many of its labels are scored
 */
record CompiledGroup(LabelGroup group, Frame asWritten, int firstLabel, int labelCount) {
  boolean exclusive() {
    return group.mode() == LabelGroup.Mode.EXCLUSIVE;
  }
}
