package dev.halcyon.app.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.halcyon.app.models.ModelComparison.Advice;
import dev.halcyon.app.models.ModelComparison.Line;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class ModelComparisonTest {
  private static final double[] HALF = {0.5};

  @Test
  void theSameScoresAgreeInEverything() {
    List<double[]> scores = scores(new Random(1), 200);
    Line line = compare(scores, scores);
    assertThat(line.agreement()).isEqualTo(1);
    assertThat(line.kappa()).isCloseTo(1, within(1e-12));
    assertThat(line.rankCorrelation()).isCloseTo(1, within(1e-12));
    assertThat(line.matchingThreshold()).isEqualTo(0.5);
    assertThat(line.advice()).isEqualTo(Advice.KEEP);
  }

  @Test
  void independentScoresAgreeByChanceAlone() {
    Line line = compare(scores(new Random(1), 4000), scores(new Random(2), 4000));
    assertThat(line.agreement()).isCloseTo(0.5, within(0.03));
    assertThat(line.kappa()).isCloseTo(0, within(0.05));
    assertThat(line.rankCorrelation()).isCloseTo(0, within(0.05));
    assertThat(line.advice()).as("as often, but on others").isEqualTo(Advice.RECALIBRATE);
  }

  @Test
  void aThresholdThatMatchesMakesTheSecondFireAsOften() {
    List<double[]> a = scores(new Random(1), 400);
    List<double[]> b = a.stream().map(row -> new double[] {row[0] * row[0] * 0.6}).toList();
    Line line = compare(a, b);
    assertThat(line.rankCorrelation()).isCloseTo(1, within(1e-12));
    assertThat(line.firedByB()).isLessThan(line.firedByA());
    assertThat(line.advice()).isEqualTo(Advice.RECALIBRATE);
    long matched = b.stream().filter(row -> row[0] >= line.matchingThreshold()).count();
    assertThat(matched).isEqualTo(line.firedByA());
  }

  @Test
  void handCountedFigures() {
    // Both fire on 2 of 10, A alone on 1, B alone on 2.
    List<double[]> a = of(.9, .9, .9, .1, .1, .1, .1, .1, .1, .1);
    List<double[]> b = of(.9, .9, .1, .9, .9, .1, .1, .1, .1, .1);
    Line line = compare(a, b);
    assertThat(line.firedByA()).isEqualTo(3);
    assertThat(line.firedByB()).isEqualTo(4);
    assertThat(line.firedByBoth()).isEqualTo(2);
    assertThat(line.agreement()).isCloseTo(0.7, within(1e-12));
    // Chance: .3 x .4 + .7 x .6 = .54; (.7 - .54) / .46.
    assertThat(line.kappa()).isCloseTo(0.16 / 0.46, within(1e-12));
    assertThat(line.advice()).isEqualTo(Advice.MORE_IMAGES);
  }

  @Test
  void aLabelThatNeverFiresSaysNothing() {
    Line line = compare(of(.1, .2, .3), of(.3, .2, .1));
    assertThat(line.kappa()).isEqualTo(1);
    assertThat(line.advice()).isEqualTo(Advice.MORE_IMAGES);
    assertThat(line.rankCorrelation()).isCloseTo(-1, within(1e-12));
  }

  private static Line compare(List<double[]> a, List<double[]> b) {
    return ModelComparison.of(List.of("gun"), HALF, a, b).labels().get(0);
  }

  private static List<double[]> scores(Random random, int images) {
    List<double[]> scores = new ArrayList<>();
    IntStream.range(0, images).forEach(i -> scores.add(new double[] {random.nextDouble()}));
    return scores;
  }

  private static List<double[]> of(double... scores) {
    List<double[]> rows = new ArrayList<>();
    for (double score : scores) {
      rows.add(new double[] {score});
    }
    return rows;
  }
}
