package dev.halcyon.labels;

import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * From which score a label fires, and why that one.
 *
 * @param value score in (0, 1)
 * @param method where the value comes from
 * @param targetFalsePositiveRate the rate it was calibrated for
 * @param targetPrecision the precision it was calibrated for
 * @param backgroundSamples how many background images it was calibrated on
 * @param interval interval of the reached rate at 95% confidence
 */
public record Threshold(
    double value,
    Method method,
    OptionalDouble targetFalsePositiveRate,
    OptionalDouble targetPrecision,
    OptionalInt backgroundSamples,
    Optional<Interval> interval) {

  /** Where a threshold comes from. */
  public enum Method {
    /** Chosen by a person. */
    MANUAL,
    /** The quantile of scores on background images. */
    QUANTILE,
    /** The lowest score that reaches a precision on examples. */
    PRECISION
  }

  /** Both ends in [0, 1]. */
  public record Interval(double low, double high) {}
}
