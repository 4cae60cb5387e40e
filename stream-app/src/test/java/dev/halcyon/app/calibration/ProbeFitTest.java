package dev.halcyon.app.calibration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ProbeFitTest {
  private static final int DIMENSIONS = 16;

  private final Random random = new Random(11);

  @Test
  void theFitIsTheMinimum() {
    List<float[]> positives = around(0, 1.0, 23);
    List<float[]> negatives = around(1, 1.0, 61);
    ProbeFit fit = ProbeFit.of(positives, negatives);

    // At the minimum of a convex function its gradient is zero, and nowhere else.
    double[] gradient = new double[DIMENSIONS + 1];
    double[] scale = new double[DIMENSIONS + 1];
    for (int d = 0; d < DIMENSIONS; d++) {
      gradient[d] = fit.weights()[d];
    }
    add(positives, 1, fit, gradient, scale);
    add(negatives, 0, fit, gradient, scale);
    for (int d = 0; d <= DIMENSIONS; d++) {
      assertThat(gradient[d]).as("dimension " + d).isCloseTo(0, within(0.01 * scale[d] + 1e-3));
    }
  }

  @Test
  void bothSidesWeighAlikeWhateverTheirNumbers() {
    ProbeFit fit = ProbeFit.of(around(0, 0.5, 10), around(1, 0.5, 400));
    assertThat(mean(fit, around(0, 0.5, 200))).isGreaterThan(0.6);
    assertThat(mean(fit, around(1, 0.5, 200))).isLessThan(0.4);
  }

  @Test
  void scoresOfTheExamplesAreThoseOfProbesThatHaveNotSeenThem() {
    // Noise can be learned by heart, and not be known of pictures that were left out.
    ProbeFit noise = ProbeFit.of(around(0, 100, 40), around(0, 100, 40));
    double honest = RankQuality.area(noise.negativeScores(), noise.positiveScores());
    assertThat(honest).isBetween(0.25, 0.75);

    ProbeFit clear = ProbeFit.of(around(0, 0.3, 40), around(1, 0.3, 40));
    assertThat(RankQuality.area(clear.negativeScores(), clear.positiveScores()))
        .isGreaterThan(0.95);
  }

  @Test
  void oneExampleOnEachSideIsEnoughToFitAndTooFewToJudge() {
    ProbeFit fit = ProbeFit.of(around(0, 0.1, 1), around(1, 0.1, 1));
    assertThat(fit.positiveScores()).isEmpty();
    assertThat(mean(fit, around(0, 0.1, 20))).isGreaterThan(mean(fit, around(1, 0.1, 20)));
    assertThatThrownBy(() -> ProbeFit.of(List.of(), around(1, 0.1, 1)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void theSameExamplesGiveTheSameProbe() {
    List<float[]> positives = around(0, 0.5, 12);
    List<float[]> negatives = around(1, 0.5, 12);
    assertThat(ProbeFit.of(positives, negatives).weights())
        .containsExactly(ProbeFit.of(positives, negatives).weights());
  }

  @Test
  void moreExamplesTellMoreAndPromptsAreJudgedOnTheSamePictures() throws Exception {
    List<ShotCurve.Example> positives = examples(around(0, 1.0, 60), 0.9);
    List<ShotCurve.Example> negatives = examples(around(1, 1.0, 60), 0.2);
    ShotCurve curve = ShotCurve.of(positives, negatives, 7);
    assertThat(curve.learned()).extracting(ShotCurve.Point::shots).containsExactly(1, 2, 4, 8, 16);
    assertThat(curve.prompts().median()).isEqualTo(1);
    ShotCurve.Point one = curve.learned().get(0);
    ShotCurve.Point sixteen = curve.learned().get(4);
    assertThat(sixteen.median()).isGreaterThan(one.median());
    assertThat(one.low()).isLessThanOrEqualTo(one.median());
    assertThat(one.high()).isGreaterThanOrEqualTo(one.median());
    assertThatThrownBy(() -> ShotCurve.of(positives.subList(0, 1), negatives, 3))
        .isInstanceOf(TooFewExamplesException.class)
        .hasMessageContaining("have 1 on one side");
  }

  private static void add(
      List<float[]> examples, int target, ProbeFit fit, double[] gradient, double[] scale) {
    double weight = fit.cost() / examples.size();
    for (float[] example : examples) {
      double error = weight * (fit.score(example) - target);
      for (int d = 0; d < DIMENSIONS; d++) {
        gradient[d] += error * example[d];
        scale[d] += Math.abs(error * example[d]);
      }
      gradient[DIMENSIONS] += error;
      scale[DIMENSIONS] += Math.abs(error);
    }
  }

  private static List<ShotCurve.Example> examples(List<float[]> embeddings, double score) {
    return embeddings.stream().map(one -> new ShotCurve.Example(one, score)).toList();
  }

  private static double mean(ProbeFit fit, List<float[]> examples) {
    return examples.stream().mapToDouble(fit::score).average().orElseThrow();
  }

  /** Unit vectors around an axis. */
  private List<float[]> around(int axis, double noise, int count) {
    List<float[]> vectors = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      double[] vector = new double[DIMENSIONS];
      double energy = 0;
      for (int d = 0; d < DIMENSIONS; d++) {
        vector[d] = (d == axis ? 1 : 0) + noise * random.nextGaussian() / 2;
        energy += vector[d] * vector[d];
      }
      float[] unit = new float[DIMENSIONS];
      for (int d = 0; d < DIMENSIONS; d++) {
        unit[d] = (float) (vector[d] / Math.sqrt(energy));
      }
      vectors.add(unit);
    }
    return vectors;
  }
}
