package dev.halcyon.app.decision;

import dev.halcyon.labels.LabelGroup;

/**
 * Which rows of the matrix hold one reading of a group: its words as written, or with group terms
 * projected out. Labels count by their position in the group.
 *
 * @param index its index among all readings of the set
 * @param mode whether the labels compete
 * @param temperature divides the logit
 * @param backgroundFrom first row of the background
 * @param backgroundTo row after the last of the background
 * @param labelRows the row of each label, {@link #ABSENT} where this reading has none
 * @param negativesFrom first row of each label's negatives
 * @param negativesTo row after the last of each label's negatives
 */
record Frame(
    int index,
    LabelGroup.Mode mode,
    double temperature,
    int backgroundFrom,
    int backgroundTo,
    int[] labelRows,
    int[] negativesFrom,
    int[] negativesTo) {
  static final int ABSENT = -1;
}
