package dev.halcyon.app.labels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

final class BiasProjectionTest {
  private final WordSpace words = new WordSpace();

  @Test
  void nothingOfAGroupIsLeft() {
    float[] man = words.embed("man");
    float[] woman = words.embed("woman");
    BiasProjection projection =
        new BiasProjection(List.of(man, woman), List.of(), words.model().dimensions());

    float[] projected = projection.apply(words.embed("doctor man*0.7")).orElseThrow();

    assertThat(cosine(projected, man)).isCloseTo(0, within(1e-5));
    assertThat(cosine(projected, woman)).isCloseTo(0, within(1e-5));
    assertThat(cosine(projected, projected)).isCloseTo(1, within(1e-5));
    assertThat(projection.apply(man)).isEmpty();
  }

  @Test
  void counterfactualsComeOutAlike() {
    float[] male = words.embed("doctor beard");
    float[] female = words.embed("doctor heels");
    BiasProjection none =
        new BiasProjection(List.of(words.embed("man")), List.of(), words.model().dimensions());
    BiasProjection calibrated =
        new BiasProjection(
            List.of(words.embed("man")),
            List.of(List.of(male, female)),
            words.model().dimensions());

    assertThat(cosine(none.apply(male).orElseThrow(), none.apply(female).orElseThrow()))
        .isLessThan(0.8);
    assertThat(cosine(calibrated.apply(male).orElseThrow(), calibrated.apply(female).orElseThrow()))
        .isGreaterThan(0.99);
  }

  @Test
  void agreesWithTheFormulaWrittenOut() {
    int dimensions = 3;
    float[] group = {1, 0, 0};
    float[] a = {0, 1, 0};
    float[] b = {0, 0.6f, 0.8f};
    float[] vector = {0.48f, 0.6f, 0.64f};
    BiasProjection projection =
        new BiasProjection(List.of(group), List.of(List.of(a, b)), dimensions);

    // (I + 1000 d d^T)^-1 v = v - d (d.v) 1000 / (1 + 1000 d.d), by Sherman and Morrison.
    double[] d = {0, 0.4, -0.8};
    double dv = 0.4 * 0.6 - 0.8 * 0.64;
    double factor = 1000 * dv / (1 + 1000 * 0.8);
    double y = 0.6 - factor * d[1];
    double z = 0.64 - factor * d[2];
    double length = Math.hypot(y, z);

    assertThat(projection.apply(vector).orElseThrow())
        .containsExactly(
            new float[] {0, (float) (y / length), (float) (z / length)}, within(1e-5f));
  }

  @Test
  void manyPromptsInFewDimensionsComeOutAsFewDo() {
    List<float[]> groups = List.of(new float[] {1, 0, 0});
    List<float[]> family = List.of(new float[] {0, 1, 0}, new float[] {0, 0.6f, 0.8f});
    float[] vector = {0.48f, 0.6f, 0.64f};

    // A family named again adds nothing new, and more rows than dimensions.
    float[] once = new BiasProjection(groups, List.of(family), 3).apply(vector).orElseThrow();
    float[] again =
        new BiasProjection(groups, List.of(family, family), 3).apply(vector).orElseThrow();

    assertThat(again).containsExactly(once, within(1e-6f));
    assertThat(once).isNotEqualTo(new BiasProjection(groups, List.of(), 3).apply(vector).get());
  }

  @Test
  void vectorsAtRightAnglesToEveryGroupStayAsTheyAre() {
    BiasProjection projection =
        new BiasProjection(
            List.of(new float[] {1, 0, 0}),
            List.of(List.of(new float[] {1, 0, 0}, new float[] {0.8f, 0, 0.6f})),
            3);

    assertThat(projection.apply(new float[] {0, 1, 0}).orElseThrow())
        .containsExactly(new float[] {0, 1, 0}, within(1e-6f));
  }

  private static double cosine(float[] a, float[] b) {
    double sum = 0;
    for (int d = 0; d < a.length; d++) {
      sum += (double) a[d] * b[d];
    }
    return sum;
  }
}
