package dev.halcyon.bench.throughput;

import dev.halcyon.app.speed.Spread;
import java.util.Optional;

/**
 * One measured figure.
 *
 * @param section the part of the bench that measured it
 * @param name what was measured
 * @param unit of the value and the ceiling
 * @param ceiling what is possible, measured or set
 * @param ratio value to ceiling, round by round
 * @param goal what is aimed at
 */
record Figure(
    String section,
    String name,
    String unit,
    Spread value,
    Optional<Spread> ceiling,
    Optional<Spread> ratio,
    Optional<Goal> goal) {

  /** What a figure should be. */
  sealed interface Goal {
    boolean isMetBy(Figure figure);

    double bound();

    /** The share of the ceiling is at least this. */
    record ShareAtLeast(double bound) implements Goal {
      @Override
      public boolean isMetBy(Figure figure) {
        return figure.ratio().orElseThrow().median() >= bound;
      }
    }

    /** The value is at most this. */
    record AtMost(double bound) implements Goal {
      @Override
      public boolean isMetBy(Figure figure) {
        return figure.value().median() <= bound;
      }
    }
  }

  static Figure plain(String section, String name, String unit, Spread value) {
    return new Figure(
        section, name, unit, value, Optional.empty(), Optional.empty(), Optional.empty());
  }

  static Figure atMost(String section, String name, String unit, Spread value, double bound) {
    return new Figure(
        section,
        name,
        unit,
        value,
        Optional.empty(),
        Optional.empty(),
        Optional.of(new Goal.AtMost(bound)));
  }

  /** Whether there is no goal, or it is met. */
  boolean isFine() {
    return goal.map(aim -> aim.isMetBy(this)).orElse(true);
  }
}
