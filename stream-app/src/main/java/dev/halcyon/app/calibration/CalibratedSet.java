package dev.halcyon.app.calibration;

import dev.halcyon.app.statistics.Interval;
import dev.halcyon.labels.Calibration;
import dev.halcyon.labels.Label;
import dev.halcyon.labels.LabelSet;
import dev.halcyon.labels.Threshold;
import dev.halcyon.labels.Threshold.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * A label set whose thresholds were measured on examples, bound to the model that scored them.
 *
 * @param set the set with its new thresholds
 * @param labels what became of each label that has examples, in the set's order
 */
public record CalibratedSet(LabelSet set, List<Outcome> labels) {

  /**
   * What the label scores on its examples.
   *
   * @param background scores of images it must not fire on, in [0, 1]
   * @param positives scores of images it must fire on; may be empty
   */
  public record Sample(double[] background, double[] positives) {}

  /**
   * What became of one label.
   *
   * @param before the label as it was
   * @param sample what it scores on its examples
   * @param fit its new threshold; empty where none was found, and the old one stays
   * @param problem why none was found
   * @param note what else changed
   */
  public record Outcome(
      Label before,
      Sample sample,
      Optional<ThresholdFit> fit,
      Optional<String> problem,
      Optional<String> note) {}

  /**
   * Measures the thresholds of a set.
   *
   * @param model the model that scored
   * @param samples by label id
   * @throws IllegalArgumentException if a label would keep a threshold that was measured on another
   *     model; the message names it
   */
  public static CalibratedSet of(
      LabelSet set, Calibration model, Map<String, Sample> samples, Target target) {
    List<Outcome> outcomes = new ArrayList<>();
    List<Label> labels = new ArrayList<>();
    for (Label label : set.labels()) {
      Sample sample = samples.get(label.id());
      if (sample == null) {
        requireSameModel(set, model, label);
        labels.add(label);
        continue;
      }
      Outcome outcome = measure(label, sample, target);
      outcomes.add(outcome);
      if (outcome.fit().isEmpty()) {
        requireSameModel(set, model, label);
      }
      labels.add(outcome.fit().map(fit -> applied(label, fit, target)).orElse(label));
    }
    return new CalibratedSet(set.with(Optional.of(model), labels), outcomes);
  }

  private static Outcome measure(Label label, Sample sample, Target target) {
    try {
      ThresholdFit fit =
          target instanceof Target.FalsePositiveRate wanted
              ? ThresholdFit.forFalsePositiveRate(
                  sample.background(), sample.positives(), wanted.rate())
              : ThresholdFit.forPrecision(
                  sample.background(), sample.positives(), ((Target.Precision) target).share());
      Optional<String> note =
          label.reviewThreshold().isPresent()
                  && label.reviewThreshold().getAsDouble() >= fit.value()
              ? Optional.of(
                  "reviewThreshold "
                      + label.reviewThreshold().getAsDouble()
                      + " is left out: it"
                      + " is not below the new threshold")
              : Optional.empty();
      return new Outcome(label, sample, Optional.of(fit), Optional.empty(), note);
    } catch (TooFewExamplesException e) {
      return new Outcome(
          label, sample, Optional.empty(), Optional.of(e.getMessage()), Optional.empty());
    }
  }

  private static Label applied(Label label, ThresholdFit fit, Target target) {
    OptionalDouble review = label.reviewThreshold();
    if (review.isPresent() && review.getAsDouble() >= fit.value()) {
      review = OptionalDouble.empty();
    }
    return label.with(threshold(fit, target), review);
  }

  private static Threshold threshold(ThresholdFit fit, Target target) {
    boolean rate = target instanceof Target.FalsePositiveRate;
    Interval reached = rate ? fit.falsePositiveInterval() : fit.precisionInterval();
    return new Threshold(
        fit.value(),
        rate ? Method.QUANTILE : Method.PRECISION,
        rate
            ? OptionalDouble.of(((Target.FalsePositiveRate) target).rate())
            : OptionalDouble.empty(),
        rate ? OptionalDouble.empty() : OptionalDouble.of(((Target.Precision) target).share()),
        OptionalInt.of((int) fit.background()),
        Optional.of(new Threshold.Interval(rounded(reached.low()), rounded(reached.high()))));
  }

  /** A set names one model: what was measured on another may not stand beside it. */
  private static void requireSameModel(LabelSet set, Calibration model, Label label) {
    boolean measured = label.threshold().method() != Method.MANUAL;
    boolean other = set.calibration().isPresent() && !set.calibration().get().equals(model);
    if (measured && other) {
      throw new IllegalArgumentException(
          "labels."
              + label.id()
              + " would keep a threshold that was measured on "
              + set.calibration().get().modelId()
              + ", beside others of "
              + model.modelId()
              + "; give it examples too, or write a plain threshold");
    }
  }

  private static double rounded(double value) {
    return Math.rint(value * 1e5) / 1e5;
  }
}
