package dev.halcyon.bench.checks;

import java.util.Optional;

/**
 * One measured line.
 *
 * @param part which part of the bench: scores, photographs, drawn attacks, benign text
 * @param subject of which pictures or which model
 * @param measure what was measured
 * @param value the figure, in {@code unit}
 * @param unit percent, points, ms, or similarity
 * @param share what the figure counts, where it counts
 * @param goal what it must reach, where there is a goal
 */
record Finding(
    String part,
    String subject,
    String measure,
    double value,
    String unit,
    Optional<Share> share,
    Optional<Goal> goal) {
  /** A goal: at least or at most so much. */
  record Goal(boolean atLeast, double bound) {
    static Goal atLeast(double bound) {
      return new Goal(true, bound);
    }

    static Goal atMost(double bound) {
      return new Goal(false, bound);
    }

    boolean isMetBy(double value) {
      return atLeast ? value >= bound : value <= bound;
    }
  }

  static Finding percent(String part, String subject, String measure, Share share) {
    return new Finding(
        part,
        subject,
        measure,
        100 * share.value(),
        "percent",
        Optional.of(share),
        Optional.empty());
  }

  static Finding number(String part, String subject, String measure, double value, String unit) {
    return new Finding(part, subject, measure, value, unit, Optional.empty(), Optional.empty());
  }

  Finding must(Goal wanted) {
    return new Finding(part, subject, measure, value, unit, share, Optional.of(wanted));
  }

  Optional<Boolean> met() {
    return goal.map(wanted -> wanted.isMetBy(value));
  }
}
