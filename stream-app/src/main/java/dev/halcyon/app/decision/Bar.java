package dev.halcyon.app.decision;

/**
 * A score to be reached.
 *
 * @param score in (0, 1)
 * @param logit the same as {@code log(score / (1 - score))}
 */
record Bar(double score, double logit) {
  static Bar at(double score) {
    return new Bar(score, Math.log(score / (1 - score)));
  }
}
