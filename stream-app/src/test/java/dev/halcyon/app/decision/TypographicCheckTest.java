package dev.halcyon.app.decision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.halcyon.app.decision.Decider.Context;
import dev.halcyon.app.decision.LabelDecision.Standing;
import dev.halcyon.clip.Evidence;
import dev.halcyon.clip.TextEvidence;
import dev.halcyon.labels.Action;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class TypographicCheckTest {
  private static final Context CONTEXT = new Context("image-1", Optional.empty());
  private static final Map<String, Double> APPLE = Map.of("an apple", 26.0, "street", 20.0);
  private static final Map<String, Double> APPLE_AND_IPOD =
      Map.of("an apple", 25.0, "an ipod", 25.0, "street", 20.0);
  private static final Map<String, Double> WORD = Map.of("an ipod", 30.0, "street", 20.0);
  private static final Map<String, Double> NO_WORD = Map.of("street", 20.0);
  private static final String IPOD =
      """
      calibration: {modelId: axes, modelHash: "%s", preprocessingId: none}
      groups: [{id: g, background: [street]}]
      labels:
        - {id: ipod, prompts: [an ipod], severity: %s, action: %s, typographic: {%s}}
      """;

  private final AxisSpace space = new AxisSpace();

  @Test
  void textThatMakesAHarmLabelFireIsReviewedInsteadOfBlocked() {
    LabelDecision label =
        only(
            ipod(4, "block", "mode: always, polarity: harm")
                .decide(note("iPod", APPLE_AND_IPOD, APPLE, WORD, APPLE_AND_IPOD), CONTEXT));

    assertThat(label.flags()).containsExactly(Flag.INFLATED);
    assertThat(label.standing()).isEqualTo(Standing.FIRED);
    assertThat(label.action()).isEqualTo(Action.REVIEW);
    assertThat(label.score()).isGreaterThan(0.99);
    assertThat(label.explanation().scoreWithoutText().orElseThrow()).isLessThan(0.01);
    assertThat(label.explanation().similarityWithoutText().orElseThrow())
        .isCloseTo(0, within(1e-4));
    assertThat(label.explanation().scoreOfTextOnly().orElseThrow()).isGreaterThan(0.99);
    assertThat(label.explanation().readText()).contains("iPod");
  }

  @Test
  void textThatMakesAnAllowLabelFireKeepsItFromTaggingAndAsksForReview() {
    LabelDecision label =
        only(
            ipod(0, "review", "mode: always, polarity: allow")
                .decide(note("iPod", APPLE_AND_IPOD, APPLE, WORD, APPLE_AND_IPOD), CONTEXT));

    assertThat(label.flags()).containsExactly(Flag.INFLATED);
    assertThat(label.standing()).isEqualTo(Standing.REVIEW);
    assertThat(label.score()).isLessThan(0.01);
  }

  @Test
  void aTagThatOnlyTheTextMadeStaysATagWhereThePolicySaysSo() {
    Decision decision =
        ipod(0, "tag", "mode: always, polarity: neutral")
            .decide(note("iPod", APPLE_AND_IPOD, APPLE, WORD, APPLE_AND_IPOD), CONTEXT);

    assertThat(decision.flags()).containsExactly(Flag.INFLATED);
    assertThat(only(decision).standing()).isEqualTo(Standing.FIRED);
    assertThat(only(decision).action()).isEqualTo(Action.TAG);
  }

  @Test
  void noPolicyTakesAFlaggedAlertSilentlyAway() {
    LabelSetDecider decider =
        space.decider(
            """
            groups: [{id: g, background: [street]}]
            labels:
              - {id: ipod, prompts: [an ipod], action: tag, actionBySurface: {chat: review},
                 typographic: {mode: always, polarity: neutral, onInflated: tag}}
            """);
    Evidence note = note("iPod", APPLE_AND_IPOD, APPLE, WORD, APPLE_AND_IPOD);

    assertThat(only(decider.decide(note, CONTEXT)).action()).isEqualTo(Action.TAG);
    assertThat(only(decider.decide(note, new Context("image-1", Optional.of("chat")))).action())
        .isEqualTo(Action.REVIEW);
  }

  @Test
  void inflationNeedsEachOfItsConditions() {
    LabelSetDecider decider = ipod(2, "review", "mode: always, polarity: harm");
    Map<String, Double> lessFall = Map.of("an apple", 25.0, "an ipod", 19.9, "street", 20.0);
    Map<String, Double> barely = Map.of("an apple", 25.0, "an ipod", 20.4, "street", 20.0);

    // It still fires without the text.
    assertThat(flags(decider, note("iPod", APPLE_AND_IPOD, APPLE_AND_IPOD, WORD, APPLE_AND_IPOD)))
        .isEmpty();
    // The similarity falls by less than delta.
    assertThat(flags(decider, note("iPod", barely, lessFall, WORD, barely))).isEmpty();
    // Neither do the words name it, nor do they fire it alone.
    assertThat(flags(decider, note("Sale!", APPLE_AND_IPOD, APPLE, NO_WORD, APPLE_AND_IPOD)))
        .isEmpty();
    // Masking as much elsewhere changes the mind as well.
    assertThat(flags(decider, note("iPod", APPLE_AND_IPOD, APPLE, WORD, APPLE))).isEmpty();
    // No room for a control: nothing can be claimed.
    assertThat(flags(decider, note("iPod", APPLE_AND_IPOD, APPLE, WORD, null))).isEmpty();

    // With all of them, either evidence of the word will do.
    assertThat(flags(decider, note("Sale!", APPLE_AND_IPOD, APPLE, WORD, APPLE_AND_IPOD)))
        .containsExactly(Flag.INFLATED);
    assertThat(flags(decider, note("1Pod", APPLE_AND_IPOD, APPLE, NO_WORD, APPLE_AND_IPOD)))
        .containsExactly(Flag.INFLATED);
  }

  @Test
  void aLabelNearItsThresholdIsInflatedByWhatTheWritingAloneTakesAway() {
    LabelSetDecider decider = ipod(2, "review", "mode: always, polarity: harm");
    Map<String, Double> whole = Map.of("an ipod", 21.0, "street", 20.0);
    Map<String, Double> masked = Map.of("an ipod", 15.0, "street", 20.0);
    Map<String, Double> halfAsMuch = Map.of("an ipod", 18.01, "street", 20.0);
    Map<String, Double> more = Map.of("an ipod", 17.9, "street", 20.0);

    assertThat(flags(decider, note("iPod", whole, masked, WORD, halfAsMuch)))
        .containsExactly(Flag.INFLATED);
    assertThat(flags(decider, note("iPod", whole, masked, WORD, more))).isEmpty();
  }

  @Test
  void whatNobodyCanReadIsNoClaim() {
    LabelSetDecider decider = ipod(2, "review", "mode: always, polarity: harm");
    for (String read : List.of("", " ")) {
      assertThat(flags(decider, note(read, APPLE_AND_IPOD, APPLE, WORD, APPLE_AND_IPOD))).isEmpty();
      LabelDecision hidden =
          only(decider.decide(note(read, APPLE, APPLE_AND_IPOD, NO_WORD, APPLE), CONTEXT));
      assertThat(hidden.flags()).isEmpty();
      // It is looked at all the same.
      assertThat(hidden.standing()).isEqualTo(Standing.FIRED);
      assertThat(hidden.action()).isEqualTo(Action.REVIEW);
    }
    assertThat(flags(decider, note("x", APPLE_AND_IPOD, APPLE, WORD, APPLE_AND_IPOD)))
        .containsExactly(Flag.INFLATED);
    assertThat(flags(decider, note("x", APPLE, APPLE_AND_IPOD, NO_WORD, APPLE)))
        .containsExactly(Flag.SUPPRESSED);
  }

  @Test
  void aShapeThatFillsTheImageAndCannotBeReadIsNoText() {
    LabelSetDecider decider = ipod(2, "review", "mode: always, polarity: allow");
    float[] whole = space.image(APPLE_AND_IPOD);
    for (String read : List.of("", "iPod")) {
      Decision decision =
          decider.decide(
              space.written(
                  read, 0.51f, whole, space.image(APPLE), space.image(WORD), space.image(APPLE)),
              CONTEXT);
      assertThat(decision.flags().contains(Flag.TEXT_DOMINANT)).isEqualTo(!read.isEmpty());
      assertThat(only(decision).standing()).isEqualTo(Standing.FIRED);
    }
  }

  @Test
  void deltaIsThePolicysOwnWhereItNamesOne() {
    Map<String, Double> small = Map.of("an apple", 25.0, "an ipod", 21.0, "street", 20.0);
    Map<String, Double> smaller = Map.of("an apple", 25.0, "an ipod", 19.0, "street", 20.0);
    Evidence note = note("iPod", small, smaller, WORD, small);

    assertThat(flags(ipod(2, "review", "mode: always, delta: 1.9"), note))
        .containsExactly(Flag.INFLATED);
    assertThat(flags(ipod(2, "review", "mode: always, delta: 2.1"), note)).isEmpty();
  }

  @Test
  void aHarmLabelHiddenByTextFiresAllTheSame() {
    LabelDecision label =
        only(
            ipod(4, "block", "mode: always, polarity: harm")
                .decide(note("hello", APPLE, APPLE_AND_IPOD, NO_WORD, APPLE), CONTEXT));

    assertThat(label.flags()).containsExactly(Flag.SUPPRESSED);
    assertThat(label.standing()).isEqualTo(Standing.FIRED);
    assertThat(label.action()).isEqualTo(Action.REVIEW);
    assertThat(label.score()).isGreaterThan(0.99);
  }

  @Test
  void aHiddenLabelMayBlockWhereItsPolicySaysSo() {
    LabelDecision label =
        only(
            ipod(4, "block", "mode: always, polarity: harm, onSuppressed: block")
                .decide(note("hello", APPLE, APPLE_AND_IPOD, NO_WORD, APPLE), CONTEXT));

    assertThat(label.action()).isEqualTo(Action.BLOCK);
  }

  @Test
  void aHarmlessLabelCountsAsHiddenOnlyByTheWordThatTakesItsPlace() {
    LabelSetDecider decider =
        space.decider(
            """
            calibration: {modelId: axes, modelHash: "%s", preprocessingId: none}
            groups: [{id: g, mode: exclusive, background: [street]}]
            labels:
              - {id: apple, prompts: [an apple], action: review, severity: 2,
                 typographic: {mode: always, polarity: neutral}}
              - {id: ipod, prompts: [an ipod], action: review, severity: 2,
                 typographic: {mode: always, polarity: neutral}}
            """
                .formatted(space.model().hash()));
    Map<String, Double> fooled = Map.of("an apple", 25.0, "an ipod", 28.0, "street", 20.0);

    Decision decision = decider.decide(note("iPod", fooled, APPLE, NO_WORD, fooled), CONTEXT);
    assertThat(decision.labels())
        .filteredOn(label -> label.label().equals("apple"))
        .singleElement()
        .satisfies(
            label -> {
              assertThat(label.flags()).contains(Flag.SUPPRESSED);
              assertThat(label.standing()).isEqualTo(Standing.REVIEW);
            });
    assertThat(flags(decider, note("hello", fooled, APPLE, NO_WORD, fooled))).isEmpty();
    assertThat(
            flags(
                ipod(2, "review", "mode: always, polarity: neutral"),
                note("hello", APPLE, APPLE_AND_IPOD, NO_WORD, APPLE)))
        .isEmpty();
  }

  @Test
  void whatLargeTextLooksLikeIsNotWhatItSays() {
    LabelSetDecider decider = ipod(2, "review", "mode: always, polarity: harm");
    float[] whole = space.image(APPLE_AND_IPOD);

    assertThat(flags(decider, large("chat", 0.1f, whole))).containsExactly(Flag.INFLATED);
    assertThat(flags(decider, large("chat", 0.11f, whole))).isEmpty();
    assertThat(flags(decider, large("iPod", 0.11f, whole))).containsExactly(Flag.INFLATED);
  }

  private Evidence large(String read, float area, float[] whole) {
    return space.written(read, area, whole, space.image(APPLE), space.image(WORD), whole);
  }

  @Test
  void suppressionIsNotClaimedWhereAnyMaskBringsTheLabelOut() {
    LabelDecision label =
        only(
            ipod(4, "block", "mode: always, polarity: harm")
                .decide(note("hello", APPLE, APPLE_AND_IPOD, NO_WORD, APPLE_AND_IPOD), CONTEXT));

    // The greater score still decides, but nobody is blocked by a mask's doing.
    assertThat(label.flags()).isEmpty();
    assertThat(label.standing()).isEqualTo(Standing.FIRED);
    assertThat(label.action()).isEqualTo(Action.REVIEW);
  }

  @Test
  void anOffPolicyLooksAtTheWholeImageAlone() {
    LabelSetDecider decider = ipod(2, "review", "mode: off");

    LabelDecision fired =
        only(decider.decide(note("iPod", APPLE_AND_IPOD, APPLE, WORD, APPLE_AND_IPOD), CONTEXT));
    assertThat(fired.flags()).isEmpty();
    assertThat(fired.explanation().scoreWithoutText()).isEmpty();
    assertThat(decider.decide(note("x", APPLE, APPLE_AND_IPOD, WORD, APPLE), CONTEXT).labels())
        .isEmpty();
  }

  @Test
  void nearTheThresholdMeansNear() {
    LabelSetDecider decider = ipod(2, "review", "mode: near_threshold, polarity: harm");
    Map<String, Double> justFires = Map.of("an apple", 25.0, "an ipod", 27.0, "street", 20.0);
    Map<String, Double> firesByFar = Map.of("an apple", 25.0, "an ipod", 29.0, "street", 20.0);

    assertThat(flags(decider, note("iPod", justFires, APPLE, WORD, justFires)))
        .containsExactly(Flag.INFLATED);
    assertThat(flags(decider, note("iPod", firesByFar, APPLE, WORD, firesByFar))).isEmpty();
  }

  @Test
  void wordsThatViolateAreNeverReleasedByMaskingThem() {
    LabelDecision label =
        only(
            ipod(2, "block", "mode: always, polarity: allow, textIsViolation: true")
                .decide(note("iPod", APPLE_AND_IPOD, APPLE, WORD, APPLE_AND_IPOD), CONTEXT));

    assertThat(label.flags()).isEmpty();
    assertThat(label.standing()).isEqualTo(Standing.FIRED);
    assertThat(label.action()).isEqualTo(Action.BLOCK);
  }

  @Test
  void smallWordsThatViolateAreFoundAndReviewed() {
    LabelDecision label =
        only(
            ipod(4, "block", "mode: always, polarity: neutral, textIsViolation: true")
                .decide(note("iPod", APPLE, APPLE, WORD, APPLE), CONTEXT));

    assertThat(label.standing()).isEqualTo(Standing.FIRED);
    assertThat(label.action()).isEqualTo(Action.REVIEW);
  }

  @Test
  void noClaimIsMadeWhereTextIsTheImage() {
    LabelSetDecider decider = ipod(2, "review", "mode: always, polarity: allow");
    float[] whole = space.image(APPLE_AND_IPOD);
    Evidence page =
        space.written(
            "iPod",
            0.51f,
            whole,
            space.image(APPLE),
            space.image(WORD),
            space.image(APPLE_AND_IPOD));
    Evidence half =
        space.written(
            "iPod",
            0.5f,
            whole,
            space.image(APPLE),
            space.image(WORD),
            space.image(APPLE_AND_IPOD));

    Decision dominant = decider.decide(page, CONTEXT);
    assertThat(dominant.flags()).containsExactly(Flag.TEXT_DOMINANT);
    assertThat(only(dominant).flags()).containsExactly(Flag.TEXT_DOMINANT);
    assertThat(only(dominant).standing()).isEqualTo(Standing.FIRED);
    assertThat(flags(decider, half)).containsExactly(Flag.INFLATED);
  }

  @Test
  void aChangedWinnerOfAnExclusiveGroupIsFlaggedOnBoth() {
    LabelSetDecider decider =
        space.decider(
            """
            calibration: {modelId: axes, modelHash: "%s", preprocessingId: none}
            groups: [{id: g, mode: exclusive, background: [street]}]
            labels:
              - {id: apple, prompts: [an apple], action: block,
                 typographic: {mode: always, polarity: harm}}
              - {id: ipod, prompts: [an ipod], action: block,
                 typographic: {mode: always, polarity: harm}}
            """
                .formatted(space.model().hash()));
    Map<String, Double> fooled = Map.of("an apple", 25.0, "an ipod", 28.0, "street", 20.0);

    Decision flipped = decider.decide(note("iPod", fooled, APPLE, NO_WORD, fooled), CONTEXT);
    assertThat(flipped.flags()).contains(Flag.TOP1_FLIP);
    assertThat(flipped.labels())
        .allSatisfy(label -> assertThat(label.flags()).contains(Flag.TOP1_FLIP))
        .allSatisfy(label -> assertThat(label.action()).isEqualTo(Action.REVIEW))
        .hasSize(2);
    // The same where the words alone make the winner, whatever was read.
    assertThat(flags(decider, note("Sale!", fooled, APPLE, WORD, fooled))).contains(Flag.TOP1_FLIP);
    // But not where they say something else, masking as much elsewhere changes the winner too, or
    // nothing changes it.
    assertThat(flags(decider, note("Sale!", fooled, APPLE, NO_WORD, fooled)))
        .doesNotContain(Flag.TOP1_FLIP);
    assertThat(flags(decider, note("iPod", fooled, APPLE, NO_WORD, APPLE)))
        .doesNotContain(Flag.TOP1_FLIP);
    assertThat(flags(decider, note("iPod", fooled, fooled, NO_WORD, fooled))).isEmpty();
    // And where the winners are too weak to fire, there is nothing to warn of.
    assertThat(
            flags(
                decider,
                note(
                    "iPod",
                    Map.of("an apple", 20.0, "an ipod", 20.2, "street", 20.1),
                    Map.of("an apple", 20.2, "an ipod", 20.0, "street", 20.1),
                    NO_WORD,
                    Map.of("an apple", 20.0, "an ipod", 20.2, "street", 20.1))))
        .isEmpty();
  }

  @Test
  void theMirrorImageStandsInWhereNoBoxWasFound() {
    LabelSetDecider decider = ipod(2, "review", "mode: always, polarity: harm");
    float[] whole = space.image(APPLE_AND_IPOD);
    float[] mirror = whole.clone();
    int ipodAxis = axisOf("an ipod");
    mirror[ipodAxis] = -mirror[ipodAxis];

    assertThat(flags(decider, mirrored(whole, mirror))).containsExactly(Flag.INFLATED);
    // A mirror image that agrees shows no text; one that nobody looked at shows nothing.
    assertThat(flags(decider, mirrored(whole, whole))).isEmpty();
    assertThat(flags(decider, space.evidence(whole, Optional.empty()))).isEmpty();
  }

  @Test
  void aMirrorImageHidesALabelOnlyIfItRisesByDelta() {
    Map<String, Double> street = Map.of("an ipod", 20.0, "street", 20.4);
    float[] whole = space.image(street);
    float[] mirror = whole.clone();
    mirror[axisOf("street")] = -mirror[axisOf("street")];

    assertThat(flags(ipod(2, "review", "mode: always, polarity: harm"), mirrored(whole, mirror)))
        .containsExactly(Flag.SUPPRESSED);
    assertThat(
            flags(
                ipod(2, "review", "mode: always, polarity: harm, delta: 99"),
                mirrored(whole, mirror)))
        .isEmpty();
  }

  @Test
  void aMirrorImageWithoutAClaimDecidesNothing() {
    LabelSetDecider decider = ipod(2, "review", "mode: always, polarity: allow");
    float[] whole = space.image(APPLE_AND_IPOD);
    float[] mirror = whole.clone();
    int street = axisOf("street");
    mirror[street] = -mirror[street];

    LabelDecision label = only(decider.decide(mirrored(whole, mirror), CONTEXT));

    assertThat(label.flags()).isEmpty();
    assertThat(label.standing()).isEqualTo(Standing.FIRED);
    assertThat(label.explanation().scoreWithoutText()).isEmpty();
  }

  private int axisOf(String name) {
    float[] image = space.image(Map.of(name, 50.0));
    for (int d = 0; d < image.length; d++) {
      if (Math.abs(image[d] - 0.5f) < 1e-6) {
        return d;
      }
    }
    throw new AssertionError(name);
  }

  private Evidence mirrored(float[] whole, float[] mirror) {
    return space.evidence(
        whole,
        Optional.of(
            new TextEvidence(
                List.of(),
                0,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(mirror))));
  }

  private LabelSetDecider ipod(int severity, String action, String policy) {
    return space.decider(IPOD.formatted(space.model().hash(), severity, action, policy));
  }

  private Evidence note(
      String read,
      Map<String, Double> whole,
      Map<String, Double> masked,
      Map<String, Double> textOnly,
      Map<String, Double> control) {
    return space.written(
        read,
        0.1f,
        space.image(whole),
        space.image(masked),
        space.image(textOnly),
        control == null ? null : space.image(control));
  }

  private static java.util.Set<Flag> flags(LabelSetDecider decider, Evidence evidence) {
    return decider.decide(evidence, CONTEXT).flags();
  }

  private static LabelDecision only(Decision decision) {
    assertThat(decision.labels()).hasSize(1);
    return decision.labels().get(0);
  }
}
