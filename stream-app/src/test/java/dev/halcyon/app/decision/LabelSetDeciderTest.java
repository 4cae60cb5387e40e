package dev.halcyon.app.decision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.halcyon.app.decision.Decider.Context;
import dev.halcyon.app.decision.LabelDecision.Standing;
import dev.halcyon.clip.Evidence;
import dev.halcyon.clip.ModelIdentity;
import dev.halcyon.labels.Action;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class LabelSetDeciderTest {
  private static final Context CONTEXT = new Context("image-1", Optional.empty());
  private static final String GUN =
      """
      groups: [{id: g, background: [street, field]}]
      labels:
        - {id: gun, display: A gun, prompts: [a gun, a rifle], threshold: 0.7,
           reviewThreshold: 0.4, severity: 4, action: review, %s}
      """;

  private final AxisSpace space = new AxisSpace();

  @Test
  void firesFromItsThresholdOn() {
    LabelSetDecider decider = space.decider(GUN.formatted(""));
    Evidence gun = space.seen(Map.of("a gun", 24.0, "a rifle", 16.0, "street", 20.0));

    Decision decision = decider.decide(gun, CONTEXT);

    assertThat(decision.labelSet()).isEqualTo(new LabelSetVersion("test", 3, "c0ffee"));
    assertThat(decision.flags()).isEmpty();
    LabelDecision label = only(decision);
    assertThat(label.standing()).isEqualTo(Standing.FIRED);
    assertThat(label.action()).isEqualTo(Action.REVIEW);
    assertThat(label.severity()).isEqualTo(4);
    assertThat(label.display()).contains("A gun");
    assertThat(label.group()).isEqualTo("g");
    assertThat(label.threshold()).isEqualTo(0.7);
    // The ensemble lies between the two prompts: (24 + 16) / sqrt(2).
    assertThat(label.similarity()).isCloseTo(28.284, within(1e-3));
    assertThat(label.explanation().winningPrompt()).contains("a gun");
    assertThat(label.explanation().winningPromptSimilarity().orElseThrow())
        .isCloseTo(24, within(1e-4));
    assertThat(label.explanation().strongestBackground()).contains("street");
    assertThat(label.explanation().strongestBackgroundSimilarity().orElseThrow())
        .isCloseTo(20, within(1e-4));
    assertThat(label.explanation().scoreWithoutText()).isEmpty();
    assertThat(label.explanation().counterfactualScore()).isEmpty();
    assertThat(label.explanation().readText()).isEmpty();
  }

  @Test
  void asksForReviewBetweenTheThresholdsAndIsQuietBelow() {
    LabelSetDecider decider = space.decider(GUN.formatted(""));

    // (14.14 + 14.14) / sqrt(2) = 20: even with the street, against two rivals 20 and 0.
    Decision near =
        decider.decide(
            space.seen(Map.of("a gun", 14.142, "a rifle", 14.142, "street", 20.0)), CONTEXT);
    Decision far = decider.decide(space.seen(Map.of("a gun", 14.0, "street", 20.0)), CONTEXT);

    assertThat(only(near).standing()).isEqualTo(Standing.REVIEW);
    assertThat(only(near).action()).isEqualTo(Action.REVIEW);
    assertThat(only(near).score()).isCloseTo(0.5, within(1e-3));
    assertThat(far.labels()).isEmpty();
  }

  @Test
  void theSurfaceChoosesTheAction() {
    LabelSetDecider decider =
        space.decider(
            """
            groups: [{id: g, background: [street]}]
            labels:
              - {id: gun, prompts: [a gun], action: review, actionBySurface: {chat: tag}}
            """);
    Evidence gun = space.seen(Map.of("a gun", 30.0, "street", 20.0));

    assertThat(only(decider.decide(gun, CONTEXT)).action()).isEqualTo(Action.REVIEW);
    assertThat(only(decider.decide(gun, new Context("image-1", Optional.of("chat")))).action())
        .isEqualTo(Action.TAG);
  }

  @Test
  void ordersByScoreThenById() {
    LabelSetDecider decider =
        space.decider(
            """
            groups: [{id: g, background: [street]}]
            labels:
              - {id: b, prompts: [bb]}
              - {id: c, prompts: [cc]}
              - {id: a, prompts: [aa]}
            """);

    Decision decision =
        decider.decide(
            space.seen(Map.of("aa", 24.0, "bb", 24.0, "cc", 25.0, "street", 20.0)), CONTEXT);

    assertThat(decision.labels()).extracting(LabelDecision::label).containsExactly("c", "a", "b");
  }

  @Test
  void shadowOfALabelIsReportedAndNeverActedOn() {
    LabelSetDecider decider = space.decider(GUN.formatted("status: shadow"));

    Decision fired =
        decider.decide(space.seen(Map.of("a gun", 24.0, "a rifle", 16.0, "street", 20.0)), CONTEXT);
    Decision near =
        decider.decide(
            space.seen(Map.of("a gun", 14.142, "a rifle", 14.142, "street", 20.0)), CONTEXT);

    assertThat(only(fired).standing()).isEqualTo(Standing.SHADOW);
    assertThat(near.labels()).isEmpty();
  }

  @Test
  void aSetInShadowActsOnNothing() {
    LabelSetDecider decider = space.decider("status: shadow\n" + GUN.formatted(""));

    Decision fired =
        decider.decide(space.seen(Map.of("a gun", 24.0, "a rifle", 16.0, "street", 20.0)), CONTEXT);

    assertThat(only(fired).standing()).isEqualTo(Standing.SHADOW);
  }

  @Test
  void aCanaryActsOnItsShareOfImagesAndIsAShadowForTheRest() {
    LabelSetDecider decider = space.decider(GUN.formatted("status: canary, canaryPercent: 25"));
    LabelSetDecider set = space.decider("status: canary\nrolloutPercent: 25\n" + GUN.formatted(""));
    Evidence gun = space.seen(Map.of("a gun", 24.0, "a rifle", 16.0, "street", 20.0));

    assertThat(firedShare(decider, gun)).isBetween(0.22, 0.28);
    assertThat(firedShare(set, gun)).isBetween(0.22, 0.28);
  }

  @Test
  void demotedLabelsAreInShadowAndNoLongerCompete() {
    LabelSetDecider decider =
        space.decider(
            """
            groups: [{id: g, mode: exclusive, background: [street]}]
            labels:
              - {id: cat, prompts: [a cat]}
              - {id: dog, prompts: [a dog]}
            """);
    Evidence both = space.seen(Map.of("a cat", 24.0, "a dog", 27.0, "street", 20.0));

    Decision before = decider.decide(both, CONTEXT);
    Decision after = decider.withShadowed(Set.of("dog")).decide(both, CONTEXT);

    assertThat(only(before).label()).isEqualTo("dog");
    assertThat(after.labels())
        .extracting(LabelDecision::label, LabelDecision::standing)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("cat", Standing.FIRED),
            org.assertj.core.groups.Tuple.tuple("dog", Standing.SHADOW));
  }

  @Test
  void refusesEvidenceOfAnotherModel() {
    LabelSetDecider decider = space.decider(GUN.formatted(""));
    for (ModelIdentity other :
        List.of(
            new ModelIdentity("axes", "b".repeat(64), "none", AxisSpace.DIMENSIONS, 100, 0),
            new ModelIdentity("axes", "a".repeat(64), "squash", AxisSpace.DIMENSIONS, 100, 0))) {
      AxisSpace elsewhere = new AxisSpace(other);

      assertThatThrownBy(() -> decider.decide(elsewhere.seen(Map.of("a gun", 24.0)), CONTEXT))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(other.hash())
          .hasMessageContaining(other.preprocessingId());
    }
  }

  @Test
  void aSensitiveLabelBlocksOnlyUnderAWaiverInForce() {
    String body =
        """
        calibration: {modelId: axes, modelHash: "%s", preprocessingId: none}
        groups: [{id: g, background: [street]}]
        labels:
          - {id: person, prompts: [a person]}
          - {id: child, prompts: [a child]}
          - id: thief
            prompts: [a thief]
            action: block
            bias:
              sensitive: true
              requiredAlternatives: [person, child]
              axes: []
              waiver: {who: Ann, why: law, until: %s}
        """;
    String hash = space.model().hash();
    Evidence thief = space.seen(Map.of("a thief", 30.0, "street", 20.0));

    assertThat(only(space.decider(body.formatted(hash, "2026-03-01")).decide(thief, CONTEXT)))
        .extracting(LabelDecision::action)
        .isEqualTo(Action.BLOCK);
    assertThat(only(space.decider(body.formatted(hash, "2026-02-28")).decide(thief, CONTEXT)))
        .extracting(LabelDecision::action)
        .isEqualTo(Action.REVIEW);
  }

  private static double firedShare(LabelSetDecider decider, Evidence evidence) {
    int fired = 0;
    for (int i = 0; i < 4000; i++) {
      Decision decision = decider.decide(evidence, new Context("id-" + i, Optional.empty()));
      Standing standing = only(decision).standing();
      assertThat(standing).isIn(Standing.FIRED, Standing.SHADOW);
      fired += standing == Standing.FIRED ? 1 : 0;
    }
    return fired / 4000.0;
  }

  private static LabelDecision only(Decision decision) {
    assertThat(decision.labels()).hasSize(1);
    return decision.labels().get(0);
  }
}
