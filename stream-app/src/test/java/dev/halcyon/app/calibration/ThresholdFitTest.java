package dev.halcyon.app.calibration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ThresholdFitTest {
  private static final double[] NONE = {};

  @Test
  void noMoreOfTheBackgroundFiresThanWasAskedFor() throws TooFewExamplesException {
    double[] background = IntStream.range(0, 1000).mapToDouble(i -> i / 1000.0).toArray();
    ThresholdFit fit = ThresholdFit.forFalsePositiveRate(background, new double[] {0.5, 1}, 0.01);
    assertThat(fit.value()).isEqualTo(0.99);
    assertThat(fit.falsePositives()).isEqualTo(10);
    assertThat(fit.falsePositiveRate()).isEqualTo(0.01);
    assertThat(fit.falsePositiveInterval().low()).isCloseTo(0.0054, within(0.0001));
    assertThat(fit.falsePositiveInterval().high()).isCloseTo(0.0183, within(0.0001));
    assertThat(fit.recall()).contains(0.5);
    assertThat(fit.spread().holds(fit.value())).isTrue();
  }

  @Test
  void tiesAtTheThresholdDoNotFireTogether() throws TooFewExamplesException {
    double[] background = new double[100];
    Arrays.fill(background, 0, 60, 0.1);
    Arrays.fill(background, 60, 95, 0.4);
    Arrays.fill(background, 95, 100, 0.9);
    ThresholdFit fit = ThresholdFit.forFalsePositiveRate(background, NONE, 0.2);
    assertThat(fit.falsePositives()).isEqualTo(5);
    assertThat(fit.value()).isGreaterThan(0.4).isLessThanOrEqualTo(0.9);
  }

  @Test
  void tooFewExamplesAreRefusedWithHowManyAreNeeded() {
    assertThatThrownBy(() -> ThresholdFit.forFalsePositiveRate(new double[12], NONE, 0.1))
        .isInstanceOf(TooFewExamplesException.class)
        .hasMessage(
            "too few background examples: have 12, need 100 for a false-positive rate of 10% at"
                + " 95% confidence");
    assertThatThrownBy(() -> ThresholdFit.forPrecision(new double[500], new double[12], 0.9))
        .isInstanceOf(TooFewExamplesException.class)
        .hasMessageContaining("have 12, need 90 for a precision of 90%");
  }

  @Test
  void aBackgroundThatScoresOneLeavesNoThreshold() {
    double[] background = new double[100];
    Arrays.fill(background, 1);
    assertThatThrownBy(() -> ThresholdFit.forFalsePositiveRate(background, NONE, 0.1))
        .hasMessageContaining("no threshold keeps a false-positive rate of 10%");
  }

  @Test
  void theRateHoldsOnImagesThatWereNotSeen() throws TooFewExamplesException {
    int inside = 0;
    for (int seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      double[] seen = random.doubles(1000).toArray();
      ThresholdFit fit = ThresholdFit.forFalsePositiveRate(seen, NONE, 0.05);
      // Of uniform scores the true rate is what lies above.
      inside += fit.falsePositiveInterval().holds(1 - fit.value()) ? 1 : 0;
    }
    assertThat(inside).isBetween(180, 200);
  }

  @Test
  void theSpreadIsThatOfResampling() throws TooFewExamplesException {
    Random random = new Random(3);
    double[] background = random.doubles(400).toArray();
    ThresholdFit fit = ThresholdFit.forFalsePositiveRate(background, NONE, 0.1);
    double[] again = new double[2000];
    for (int r = 0; r < again.length; r++) {
      double[] drawn = new double[background.length];
      for (int i = 0; i < drawn.length; i++) {
        drawn[i] = background[random.nextInt(drawn.length)];
      }
      Arrays.sort(drawn);
      again[r] = drawn[drawn.length - 40 - 1];
    }
    Arrays.sort(again);
    assertThat(fit.spread().low()).isCloseTo(again[50], within(0.006));
    assertThat(fit.spread().high()).isCloseTo(again[1949], within(0.006));
  }

  @Test
  void thePrecisionIsReachedAndNoLowerScoreReachesIt() throws TooFewExamplesException {
    Random random = new Random(5);
    double[] background =
        IntStream.range(0, 400).mapToDouble(i -> sigmoid(random.nextGaussian() - 2)).toArray();
    double[] positives =
        IntStream.range(0, 200).mapToDouble(i -> sigmoid(random.nextGaussian() + 1)).toArray();
    ThresholdFit fit = ThresholdFit.forPrecision(background, positives, 0.9);
    assertThat(fit.precision()).isGreaterThanOrEqualTo(0.9);
    assertThat(fit.spread().low()).isLessThanOrEqualTo(fit.value());
    assertThat(fit.spread().high()).isGreaterThanOrEqualTo(fit.value());
    assertThat(
            Arrays.stream(positives)
                .filter(score -> score < fit.value())
                .mapToObj(score -> ThresholdFit.at(score, background, positives))
                .noneMatch(lower -> lower.precision() >= 0.9))
        .isTrue();
  }

  @Test
  void scoresThatCannotBeToldApartReachNoPrecision() {
    double[] all = new double[100];
    Arrays.fill(all, 0.5);
    assertThatThrownBy(() -> ThresholdFit.forPrecision(all, all, 0.9))
        .hasMessageContaining("no score reaches a precision of 90%");
  }

  @Test
  void thresholdsAreWrittenShort() {
    assertThat(ThresholdFit.shortest(0.61, 0.6234)).isEqualTo(0.62);
    assertThat(ThresholdFit.shortest(0.00012, 0.00019)).isEqualTo(0.00019);
    assertThat(ThresholdFit.shortest(0.9996, 0.99967)).isEqualTo(0.99967);
  }

  @Test
  void tailsOfTheBinomialAreRight() {
    assertThat(ThresholdFit.atLeast(10, 5, 0.5)).isCloseTo(0.623046875, within(1e-12));
    assertThat(ThresholdFit.atLeast(10, 9, 0.5)).isCloseTo(11 / 1024.0, within(1e-12));
    assertThat(ThresholdFit.atLeast(5000, 4950, 0.99)).isBetween(0.45, 0.6);
    assertThat(ThresholdFit.atLeast(3, 3, 1)).isEqualTo(1);
  }

  @Test
  void theAreaCountsTiesHalf() {
    assertThat(RankQuality.area(new double[] {0.1, 0.5}, new double[] {0.5, 0.9})).isEqualTo(0.875);
  }

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }
}
