package dev.halcyon.labels;

import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/** From which score a label fires, and why that one. */
@Shorthand("value")
public record Threshold(
    @Field(value = "score from which the label fires", min = 0, max = 1, exclusive = true)
        double value,
    @Field(value = "where the value comes from", fallback = "manual") Method method,
    @Field(value = "false-positive rate it was calibrated for", min = 0, max = 1, exclusive = true)
        OptionalDouble targetFalsePositiveRate,
    @Field(value = "precision it was calibrated for", min = 0, max = 1, exclusive = true)
        OptionalDouble targetPrecision,
    @Field(value = "how many background images it was calibrated on", min = 1)
        OptionalInt backgroundSamples,
    @Field("interval of the rate or precision that was reached, at 95% confidence")
        Optional<Interval> interval) {

  /** Where a threshold comes from. */
  public enum Method {
    @Field("chosen by a person")
    MANUAL,
    @Field("the quantile of scores on background images")
    QUANTILE,
    @Field("the lowest score that reaches a precision on examples")
    PRECISION
  }

  /** Both ends of an interval. */
  public record Interval(
      @Field(value = "lower end", min = 0, max = 1) double low,
      @Field(value = "upper end", min = 0, max = 1) double high) {}

  /** A threshold chosen by a person. */
  public static Threshold manual(double value) {
    return new Threshold(
        value,
        Method.MANUAL,
        OptionalDouble.empty(),
        OptionalDouble.empty(),
        OptionalInt.empty(),
        Optional.empty());
  }
}
