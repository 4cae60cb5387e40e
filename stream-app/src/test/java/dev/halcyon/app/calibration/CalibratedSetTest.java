package dev.halcyon.app.calibration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.halcyon.app.calibration.CalibratedSet.Sample;
import dev.halcyon.labels.Calibration;
import dev.halcyon.labels.LabelSet;
import dev.halcyon.labels.LabelSetReader;
import dev.halcyon.labels.LabelSetValidator;
import dev.halcyon.labels.ReadResult;
import dev.halcyon.labels.Threshold;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CalibratedSetTest {
  private static final Calibration MODEL = new Calibration("m", "a".repeat(64), "p");
  private static final Calibration OTHER = new Calibration("other", "b".repeat(64), "p");
  private static final Target ONE_IN_TEN = new Target.FalsePositiveRate(0.1);

  @Test
  void aThresholdSaysWhereItComesFromAndTheSetForWhichModel() {
    CalibratedSet calibrated =
        CalibratedSet.of(set(""), MODEL, Map.of("cat", sample(200, 20)), ONE_IN_TEN);

    LabelSet set = calibrated.set();
    assertThat(set.calibration()).contains(MODEL);
    Threshold threshold = set.label("cat").orElseThrow().threshold();
    assertThat(threshold.method()).isEqualTo(Threshold.Method.QUANTILE);
    assertThat(threshold.targetFalsePositiveRate()).hasValue(0.1);
    assertThat(threshold.backgroundSamples()).hasValue(200);
    assertThat(threshold.interval().orElseThrow().low()).isLessThan(0.1);
    assertThat(threshold.interval().orElseThrow().high()).isGreaterThan(0.1);
    assertThat(set.label("dog").orElseThrow().threshold()).isEqualTo(Threshold.manual(0.6));
    assertThat(LabelSetValidator.problems(set)).isEmpty();
    assertThat(LabelSetValidator.calibration(set, MODEL)).isEmpty();
    assertThat(LabelSetValidator.calibration(set, OTHER)).isNotEmpty();
  }

  @Test
  void aPrecisionIsWrittenAsOne() {
    CalibratedSet calibrated =
        CalibratedSet.of(set(""), MODEL, Map.of("cat", sample(200, 60)), new Target.Precision(0.8));
    Threshold threshold = calibrated.set().label("cat").orElseThrow().threshold();
    assertThat(threshold.method()).isEqualTo(Threshold.Method.PRECISION);
    assertThat(threshold.targetPrecision()).hasValue(0.8);
    assertThat(LabelSetValidator.problems(calibrated.set())).isEmpty();
  }

  @Test
  void aLabelWithTooFewExamplesKeepsItsThresholdAndSaysWhy() {
    CalibratedSet calibrated =
        CalibratedSet.of(
            set(""), MODEL, Map.of("cat", sample(12, 5), "dog", sample(100, 0)), ONE_IN_TEN);
    assertThat(calibrated.labels().get(0).problem().orElseThrow()).contains("have 12, need 100");
    assertThat(calibrated.set().label("cat").orElseThrow().threshold())
        .isEqualTo(Threshold.manual(0.5));
    assertThat(calibrated.labels().get(1).fit()).isPresent();
  }

  @Test
  void aReviewThresholdThatIsNoLongerBelowIsLeftOutAndNoted() {
    CalibratedSet calibrated =
        CalibratedSet.of(
            set(", threshold: 0.99, reviewThreshold: 0.98"),
            MODEL,
            Map.of("cat", sample(200, 0)),
            ONE_IN_TEN);
    assertThat(calibrated.labels().get(0).note().orElseThrow()).contains("reviewThreshold 0.98");
    assertThat(LabelSetValidator.problems(calibrated.set())).isEmpty();
  }

  @Test
  void thresholdsOfTwoModelsNeverStandInOneSet() {
    LabelSet first =
        CalibratedSet.of(
                set(""), OTHER, Map.of("cat", sample(200, 0), "dog", sample(200, 0)), ONE_IN_TEN)
            .set();
    assertThatThrownBy(
            () -> CalibratedSet.of(first, MODEL, Map.of("cat", sample(200, 0)), ONE_IN_TEN))
        .hasMessageContaining("labels.dog would keep a threshold that was measured on other");
    assertThat(
            CalibratedSet.of(
                    first, MODEL, Map.of("cat", sample(200, 0), "dog", sample(200, 0)), ONE_IN_TEN)
                .set()
                .calibration())
        .contains(MODEL);
  }

  private static Sample sample(int background, int positives) {
    return new Sample(
        IntStream.range(0, background).mapToDouble(i -> 0.8 * i / background).toArray(),
        IntStream.range(0, positives).mapToDouble(i -> 0.9 + 0.05 * i / positives).toArray());
  }

  private static LabelSet set(String more) {
    return ((ReadResult.Read)
            LabelSetReader.read(
                """
                name: pets
                owner: tests
                groups: [{id: g, background: [a photo]}]
                labels:
                  - {id: cat, prompts: [a cat]%s}
                  - {id: dog, prompts: [a dog], threshold: 0.6}
                """
                    .formatted(more)))
        .labelSet();
  }
}
