package dev.halcyon.app.decision;

import static org.assertj.core.api.Assertions.assertThat;

import dev.halcyon.app.decision.LabelDecision.Standing;
import dev.halcyon.clip.Evidence;
import dev.halcyon.clip.TextEvidence;
import dev.halcyon.labels.Action;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class PartsCheckTest {
  private static final Decider.Context CONTEXT = new Decider.Context("image-1", Optional.empty());
  private static final String SET =
      """
      groups: [{id: g, background: [street, field]}]
      labels:
        - {id: gun, prompts: [a gun], threshold: 0.7, severity: 4, action: review}
        - {id: boat, prompts: [a boat], threshold: 0.7, severity: 0, action: tag}
        - {id: safe, prompts: [a toy], threshold: 0.7, severity: 0, action: tag,
           typographic: {polarity: allow}}
      """;
  private static final Map<String, Double> STREET = Map.of("street", 20.0);

  private final AxisSpace space = new AxisSpace();
  private final LabelSetDecider decider = space.decider(SET);

  @Test
  void harmInAPartFires() {
    LabelDecision gun = only(decide(with(List.of(STREET, Map.of("a gun", 25.0)), STREET)));
    assertThat(gun.label()).isEqualTo("gun");
    assertThat(gun.standing()).isEqualTo(Standing.FIRED);
    assertThat(gun.action()).isEqualTo(Action.REVIEW);
    assertThat(gun.similarity()).isCloseTo(25, org.assertj.core.api.Assertions.within(1e-3));
    assertThat(gun.explanation().winningPromptSimilarity().orElseThrow())
        .isCloseTo(25, org.assertj.core.api.Assertions.within(1e-3));

    assertThat(decide(with(List.of(), STREET)).labels()).as("without the parts").isEmpty();
    assertThat(decide(with(List.of(STREET), STREET)).labels()).as("harmless parts").isEmpty();
  }

  @Test
  void aPartChangesNothingWhereTheWholeScoresMore() {
    Decision whole = decide(with(List.of(), Map.of("a gun", 25.0)));
    assertThat(decide(with(List.of(STREET, Map.of("a gun", 23.0)), Map.of("a gun", 25.0))))
        .isEqualTo(whole);
  }

  @Test
  void labelsWhoseMissDoesNoHarmGoByTheWhole() {
    Decision decision =
        decide(with(List.of(Map.of("a boat", 25.0), Map.of("a toy", 25.0)), STREET));
    assertThat(decision.labels()).isEmpty();
    assertThat(only(decide(with(List.of(), Map.of("a boat", 25.0)))).label()).isEqualTo("boat");
  }

  /** What is written in a part was not masked there, so nobody is blocked for it unseen. */
  @Test
  void aPartThatFiresBesideWrittenTextIsForAPersonToSee() {
    LabelSetDecider blocking =
        space.decider(
            "calibration: {modelId: axes, modelHash: \"%s\", preprocessingId: none}%n"
                    .formatted("a".repeat(64))
                + SET.replace("severity: 4, action: review}", "severity: 4, action: block}"));
    Evidence written = space.written("SALE", STREET, STREET, STREET, STREET);
    TextEvidence text = written.text().orElseThrow();
    Evidence plain = with(List.of(Map.of("a gun", 25.0)), STREET);
    Evidence both = parts(written.embedding(), plain.parts(), Optional.of(text));

    LabelDecision unread = only(blocking.decide(plain, CONTEXT));
    LabelDecision read = only(blocking.decide(both, CONTEXT));
    assertThat(unread.standing()).isEqualTo(Standing.FIRED);
    assertThat(read.standing()).isEqualTo(Standing.FIRED);
    assertThat(read.action()).isEqualTo(Action.REVIEW);
    assertThat(unread.action()).isEqualTo(Action.BLOCK);
  }

  private Evidence with(List<Map<String, Double>> parts, Map<String, Double> whole) {
    return parts(space.image(whole), parts.stream().map(space::image).toList(), Optional.empty());
  }

  private Evidence parts(float[] whole, List<float[]> parts, Optional<TextEvidence> text) {
    Evidence plain = space.evidence(whole, text);
    return new Evidence(
        plain.model(), whole, parts, text, 1600, 400, "jpeg", plain.contentSha256(), false);
  }

  private Decision decide(Evidence evidence) {
    return decider.decide(evidence, CONTEXT);
  }

  private static LabelDecision only(Decision decision) {
    assertThat(decision.labels()).hasSize(1);
    return decision.labels().get(0);
  }
}
