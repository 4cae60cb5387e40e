package dev.halcyon.app.decision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.halcyon.clip.ModelIdentity;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class ScoresTest {
  private final AxisSpace space = new AxisSpace();

  @Test
  void anIndependentLabelIsWeighedAgainstBackgroundAndNegatives() {
    CompiledLabelSet set =
        space.compile(
            """
            groups: [{id: g, background: [street, field], temperature: 2}]
            labels:
              - {id: gun, prompts: [a gun], negativePrompts: [a toy]}
              - {id: dog, prompts: [a dog]}
            """);
    Scores scores =
        scores(
            set,
            Map.of("a gun", 25.0, "a dog", 30.0, "street", 22.0, "field", 21.0, "a toy", 23.0));

    double rivals = Math.log(Math.exp(22) + Math.exp(21) + Math.exp(23));
    assertThat(scores.score(label(set, "gun")))
        .isCloseTo(1 / (1 + Math.exp(-(25 - rivals) / 2)), within(1e-5));
    assertThat(scores.score(label(set, "dog")))
        .isCloseTo(
            1 / (1 + Math.exp(-(30 - Math.log(Math.exp(22) + Math.exp(21))) / 2)), within(1e-5));
    assertThat(set.prompt(scores.strongestRivalRow(label(set, "gun")))).isEqualTo("a toy");
    assertThat(set.prompt(scores.strongestRivalRow(label(set, "dog")))).isEqualTo("street");
  }

  @Test
  void anExclusiveGroupIsASoftmaxWithItsBackground() {
    CompiledLabelSet set =
        space.compile(
            """
            groups: [{id: g, mode: exclusive, background: [street, field], temperature: 2}]
            labels:
              - {id: cat, prompts: [a cat], negativePrompts: [a fox]}
              - {id: dog, prompts: [a dog]}
            """);
    Scores scores =
        scores(
            set,
            Map.of("a cat", 25.0, "a dog", 24.0, "street", 22.0, "field", 21.0, "a fox", 23.0));

    double shared =
        Math.exp(25 / 2.0) + Math.exp(24 / 2.0) + Math.exp(22 / 2.0) + Math.exp(21 / 2.0);
    assertThat(scores.score(label(set, "dog"))).isCloseTo(Math.exp(12) / shared, within(1e-5));
    assertThat(scores.score(label(set, "cat")))
        .isCloseTo(Math.exp(12.5) / (shared + Math.exp(11.5)), within(1e-5));
    assertThat(set.prompt(scores.strongestRivalRow(label(set, "cat")))).isEqualTo("dog");
    assertThat(scores.winner(set.groups().get(0))).isEqualTo(label(set, "cat").position());
  }

  @Test
  void aShadowLabelIsScoredAsIfItHadJoinedAndChangesNoOther() {
    String body =
        """
        groups: [{id: g, mode: exclusive, background: [street]}]
        labels:
          - {id: cat, prompts: [a cat]}
          - {id: dog, prompts: [a dog], status: %s}
        """;
    Map<String, Double> image = Map.of("a cat", 25.0, "a dog", 26.0, "street", 22.0);
    CompiledLabelSet shadowed = space.compile(body.formatted("shadow"));
    CompiledLabelSet active = space.compile(body.formatted("active"));

    assertThat(scores(shadowed, image).score(label(shadowed, "cat")))
        .isCloseTo(Math.exp(25) / (Math.exp(25) + Math.exp(22)), within(1e-5));
    assertThat(scores(shadowed, image).score(label(shadowed, "dog")))
        .isCloseTo(scores(active, image).score(label(active, "dog")), within(1e-9));
  }

  @Test
  void aSigmoidModelAddsItsBias() {
    AxisSpace siglip =
        new AxisSpace(
            new ModelIdentity("siglip", "b".repeat(64), "squash", AxisSpace.DIMENSIONS, 90, -12));
    CompiledLabelSet set =
        siglip.compile(
            """
            groups: [{id: g, background: [street]}]
            labels: [{id: cat, prompts: [a cat]}]
            """);
    float[] image = siglip.image(Map.of("a cat", 3.0, "street", -4.0));
    Scores scores = new Scores(set, new LabelScorer(set).similarities(image), new boolean[] {true});

    assertThat(scores.similarity(label(set, "cat"))).isCloseTo(3, within(1e-4));
    assertThat(scores.score(label(set, "cat"))).isCloseTo(1 / (1 + Math.exp(-7)), within(1e-5));
  }

  @Test
  void aLearnedLabelIsTheSigmoidOfItsProbe() {
    StringBuilder weights = new StringBuilder("2");
    for (int d = 1; d < AxisSpace.DIMENSIONS; d++) {
      weights.append(", 0");
    }
    CompiledLabelSet set =
        space.compile(
            """
            groups: [{id: g, background: [street]}]
            labels:
              - id: learned
                probe: {modelHash: "%s", weights: [%s], bias: -0.5, positives: 9, negatives: 9}
            calibration: {modelId: axes, modelHash: "%1$s", preprocessingId: none}
            """
                .formatted(space.model().hash(), weights));
    float[] image = new float[AxisSpace.DIMENSIONS];
    image[0] = 0.6f;
    image[1] = 0.8f;
    Scores scores = new Scores(set, new LabelScorer(set).similarities(image), new boolean[] {true});

    assertThat(scores.score(label(set, "learned")))
        .isCloseTo(1 / (1 + Math.exp(-(2 * 0.6 - 0.5))), within(1e-5));
  }

  @Test
  void theShortcutAgreesWithTheScore() {
    Random random = new Random(7);
    for (String mode : new String[] {"independent", "exclusive"}) {
      for (double temperature : new double[] {0.05, 1, 20}) {
        CompiledLabelSet set =
            space.compile(
                """
                groups: [{id: g, mode: %s, temperature: %s, background: [street, field]}]
                labels:
                  - {id: a, prompts: [aa], threshold: 0.9, reviewThreshold: 0.2}
                  - {id: b, prompts: [bb], negativePrompts: [cc], threshold: 0.3}
                  - {id: c, prompts: [cc], threshold: 0.0001, status: shadow}
                  - {id: d, prompts: [dd], threshold: 0.6, status: canary, canaryPercent: 50}
                """
                    .formatted(mode, temperature));
        for (int i = 0; i < 2000; i++) {
          Map<String, Double> image =
              Map.of(
                  "aa",
                  similarity(random),
                  "bb",
                  similarity(random),
                  "cc",
                  similarity(random),
                  "dd",
                  similarity(random),
                  "street",
                  similarity(random),
                  "field",
                  similarity(random));
          boolean[] competes = {true, true, false, random.nextBoolean()};
          Scores scores =
              new Scores(set, new LabelScorer(set).similarities(space.image(image)), competes);
          for (CompiledLabel label : set.labels()) {
            for (Bar bar : new Bar[] {label.threshold(), label.review()}) {
              assertThat(scores.reaches(label, bar)).isEqualTo(scores.score(label) >= bar.score());
            }
          }
        }
      }
    }
  }

  private static double similarity(Random random) {
    return 20 + 3 * random.nextGaussian();
  }

  private Scores scores(CompiledLabelSet set, Map<String, Double> image) {
    boolean[] competes = new boolean[set.labelCount()];
    for (CompiledLabel label : set.labels()) {
      competes[label.index()] = label.label().status() == dev.halcyon.labels.LabelStatus.ACTIVE;
    }
    return new Scores(set, new LabelScorer(set).similarities(space.image(image)), competes);
  }

  private static CompiledLabel label(CompiledLabelSet set, String id) {
    return set.labels().stream().filter(label -> label.id().equals(id)).findFirst().orElseThrow();
  }
}
