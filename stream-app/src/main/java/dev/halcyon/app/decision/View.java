package dev.halcyon.app.decision;

/**
 * One way of looking at an image: whole, without its text, its text alone, or the control.
 *
 * @param embedding unit embedding
 * @param scores its scores
 */
record View(float[] embedding, Scores scores) {
  boolean fires(CompiledLabel label) {
    return scores.reaches(label, label.threshold());
  }
}
