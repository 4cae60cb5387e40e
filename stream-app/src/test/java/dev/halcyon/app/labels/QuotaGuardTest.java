package dev.halcyon.app.labels;

import static org.assertj.core.api.Assertions.assertThat;

import dev.halcyon.app.MovableClock;
import dev.halcyon.app.decision.Decider;
import dev.halcyon.app.decision.Decision;
import dev.halcyon.app.decision.LabelDecision.Standing;
import dev.halcyon.app.decision.LabelSetDecider;
import dev.halcyon.app.decision.LabelSetVersion;
import dev.halcyon.clip.Evidence;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class QuotaGuardTest {
  private static final String BODY =
      """
      alertQuota: 0.3
      groups: [{id: g, background: [street]}]
      labels:
        - {id: gun, prompts: [gun], action: review, %s}
        - {id: dog, prompts: [dog], action: tag}
      """;

  private final WordSpace words = new WordSpace();
  private final List<String> told = new ArrayList<>();
  private final MovableClock clock = new MovableClock(Instant.parse("2026-05-01T12:00:00Z"));
  private int images;

  @Test
  void aLabelAboveItsQuotaGoesToShadow() throws Exception {
    QuotaGuard guard = guard("", Set.of());

    // 30 of 100 is not above 0.3; one more is.
    decide(guard, 70, "street");
    decide(guard, 30, "gun");
    assertThat(told).isEmpty();
    assertThat(standing(guard, "gun")).isEqualTo(Standing.FIRED);
    assertThat(told).containsExactly("gun 31 of 101");

    assertThat(standing(guard, "gun")).isEqualTo(Standing.SHADOW);
    assertThat(guard.demoted()).containsExactly("gun");
    decide(guard, 100, "gun");
    assertThat(told).hasSize(1);
  }

  @Test
  void tooFewImagesJudgeNobody() throws Exception {
    QuotaGuard guard = guard("", Set.of());

    decide(guard, 99, "gun");

    assertThat(told).isEmpty();
    decide(guard, 1, "gun");
    assertThat(told).containsExactly("gun 100 of 100");
  }

  @Test
  void onlyTheWindowCounts() throws Exception {
    QuotaGuard guard = guard("", Set.of());
    decide(guard, 60, "gun");
    clock.advance(Duration.ofMinutes(11));
    decide(guard, 90, "street");

    decide(guard, 10, "gun");

    assertThat(told).isEmpty();
  }

  @Test
  void tagsAreNoAlerts() throws Exception {
    QuotaGuard guard = guard("", Set.of());

    decide(guard, 200, "dog");

    assertThat(told).isEmpty();
    assertThat(standing(guard, "dog")).isEqualTo(Standing.FIRED);
  }

  @Test
  void aCanaryIsJudgedByAllTrafficAndAShadowNotAtAll() throws Exception {
    decide(guard("status: canary, canaryPercent: 1", Set.of()), 150, "gun");
    assertThat(told).hasSize(1);
    told.clear();

    decide(guard("status: shadow", Set.of()), 150, "gun");
    assertThat(told).isEmpty();
  }

  @Test
  void whatWasDemotedBeforeStaysDemoted() throws Exception {
    QuotaGuard guard = guard("", Set.of("gun"));

    assertThat(standing(guard, "gun")).isEqualTo(Standing.SHADOW);
    assertThat(guard.demoted()).containsExactly("gun");
  }

  private QuotaGuard guard(String more, Set<String> demoted) throws Exception {
    LabelSetDecider decider =
        new LabelSetDecider(
            new LabelSetCompiler(words, words.model())
                .compile(
                    LabelTopics.set("test", BODY.formatted(more)),
                    new LabelSetVersion("test", 1, "hash"),
                    LocalDate.of(2026, 5, 1)));
    return new QuotaGuard(
        decider,
        new AlertQuota(Duration.ofMinutes(10), 100),
        clock,
        (version, label, alerts, seen) -> told.add(label + " " + alerts + " of " + seen),
        demoted);
  }

  private void decide(QuotaGuard guard, int count, String thing) {
    for (int i = 0; i < count; i++) {
      decide(guard, thing);
    }
  }

  private Standing standing(QuotaGuard guard, String thing) {
    return decide(guard, thing).labels().get(0).standing();
  }

  private Decision decide(QuotaGuard guard, String thing) {
    Evidence evidence =
        new Evidence(
            words.model(),
            words.embed(thing),
            Optional.empty(),
            1,
            1,
            "png",
            "0".repeat(64),
            false);
    return guard.decide(evidence, new Decider.Context("image-" + images++, Optional.empty()));
  }
}
