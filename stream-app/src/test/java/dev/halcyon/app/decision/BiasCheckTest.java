package dev.halcyon.app.decision;

import static org.assertj.core.api.Assertions.assertThat;

import dev.halcyon.app.decision.Decider.Context;
import dev.halcyon.app.decision.LabelDecision.Standing;
import dev.halcyon.clip.Evidence;
import dev.halcyon.labels.Action;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class BiasCheckTest {
  private static final Context CONTEXT = new Context("image-1", Optional.empty());
  private static final String THIEF =
      """
      calibration: {modelId: axes, modelHash: "%s", preprocessingId: none}
      groups: [{id: g, mode: %s, background: [street]}]
      labels:
        - {id: person, prompts: [a person]}
        - {id: child, prompts: [a child here]}
        - id: thief
          prompts: [a thief]
          action: %s
          bias:
            sensitive: %s
            requiredAlternatives: [person, child]
            axes: [%s]
            waiver: {who: Ann, why: law, until: 2026-12-31}
      """;

  private final AxisSpace space = new AxisSpace();

  BiasCheckTest() {
    // The word "thief" leans towards men, and the four ways to say "a man" mean the same.
    space.define("a thief", Map.of("stealing", 0.8, "man", 0.6));
    for (String phrase :
        new String[] {"%s", "a photo of %s", "a photo of the face of %s", "a portrait of %s"}) {
      space.define(phrase.formatted("a man"), Map.of("man", 1.0));
      space.define(phrase.formatted("a woman"), Map.of("woman", 1.0));
    }
  }

  @Test
  void aDecisionThatTurnsOnAGroupTermIsFragile() {
    LabelDecision label =
        only(decider("independent", "review", true, "gender").decide(man(), CONTEXT));

    assertThat(label.flags()).containsExactly(Flag.BIAS_FRAGILE);
    assertThat(label.score()).isGreaterThan(0.9);
    assertThat(label.explanation().counterfactualScore().orElseThrow()).isLessThan(0.1);
  }

  @Test
  void aDecisionThatStandsWithoutTheGroupTermIsNot() {
    LabelDecision label =
        only(decider("independent", "review", true, "gender").decide(stealing(), CONTEXT));

    assertThat(label.flags()).isEmpty();
    assertThat(label.explanation().counterfactualScore()).isPresent();
  }

  @Test
  void nobodyLooksWhereThePolicyNamesNoAxis() {
    LabelDecision label = only(decider("independent", "block", true, "").decide(man(), CONTEXT));

    assertThat(label.flags()).isEmpty();
    assertThat(label.action()).isEqualTo(Action.BLOCK);
  }

  @Test
  void aSensitiveFragileLabelGoesToReviewAndTagsNobody() {
    LabelDecision label =
        only(decider("independent", "block", true, "gender").decide(man(), CONTEXT));

    assertThat(label.standing()).isEqualTo(Standing.REVIEW);
    assertThat(label.action()).isEqualTo(Action.REVIEW);
    assertThat(
            only(decider("independent", "block", true, "gender").decide(stealing(), CONTEXT))
                .action())
        .isEqualTo(Action.BLOCK);
  }

  @Test
  void aFragileLabelThatIsNotSensitiveIsOnlyFlagged() {
    LabelDecision label =
        only(decider("independent", "review", false, "gender").decide(man(), CONTEXT));

    assertThat(label.flags()).containsExactly(Flag.BIAS_FRAGILE);
    assertThat(label.standing()).isEqualTo(Standing.FIRED);
  }

  @Test
  void aSensitiveLabelThatFiresOnlyWithoutTheGroupTermGoesToReviewToo() {
    // A woman: the label's lean towards men holds it just below its threshold.
    Evidence woman = space.seen(Map.of("stealing", 24.0, "street", 20.0));

    Decision decision = decider("independent", "review", true, "gender").decide(woman, CONTEXT);

    assertThat(only(decision).standing()).isEqualTo(Standing.REVIEW);
    assertThat(only(decision).flags()).containsExactly(Flag.BIAS_FRAGILE);
    assertThat(only(decision).score()).isLessThan(0.5);
  }

  @Test
  void rivalsOfAnExclusiveGroupAreProjectedAsWell() {
    LabelDecision fragile =
        only(decider("exclusive", "review", true, "gender").decide(man(), CONTEXT));
    LabelDecision firm =
        only(decider("exclusive", "review", true, "gender").decide(stealing(), CONTEXT));

    assertThat(fragile.flags()).containsExactly(Flag.BIAS_FRAGILE);
    assertThat(firm.flags()).isEmpty();
  }

  private Evidence man() {
    return space.seen(Map.of("stealing", 12.0, "man", 25.0, "street", 20.0));
  }

  private Evidence stealing() {
    return space.seen(Map.of("stealing", 28.0, "man", 10.0, "street", 20.0));
  }

  private LabelSetDecider decider(String mode, String action, boolean sensitive, String axes) {
    return space.decider(THIEF.formatted(space.model().hash(), mode, action, sensitive, axes));
  }

  private static LabelDecision only(Decision decision) {
    assertThat(decision.labels()).hasSize(1);
    return decision.labels().get(0);
  }
}
