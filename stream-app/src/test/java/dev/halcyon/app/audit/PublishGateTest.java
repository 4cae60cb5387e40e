package dev.halcyon.app.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.halcyon.app.labels.GateWaiver;
import dev.halcyon.app.labels.StoredVersion;
import dev.halcyon.labels.LabelSet;
import dev.halcyon.labels.LabelSetWriter;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a change touches is judged, and nothing else. */
final class PublishGateTest {
  private static final LocalDate DAY = LocalDate.of(2026, 6, 1);
  private static final String LABELS =
      """
      - {id: thief, prompts: [a thief], threshold: %s}
        - {id: cat, prompts: [a cat]}
      """;

  @Test
  void theFirstVersionIsJudgedWhole() {
    assertThat(PublishGate.touched(set("0.5"), Optional.empty(), DAY))
        .containsExactlyInAnyOrder("thief", "cat");
  }

  @Test
  void labelsAsTheyWereAreNotJudgedAgain() {
    assertThat(touched(set("0.5"), set("0.5"))).isEmpty();
    assertThat(touched(set("0.5"), set("0.6"))).containsExactly("thief");
  }

  @Test
  void aChangedGroupTouchesItsLabels() {
    LabelSet before = PolicyLintTest.set("independent", "a street", LABELS.formatted("0.5"));
    LabelSet after = PolicyLintTest.set("independent", "a road", LABELS.formatted("0.5"));
    assertThat(touched(before, after)).containsExactlyInAnyOrder("thief", "cat");
  }

  @Test
  void amongRivalsAChangeOfOneTouchesAll() {
    LabelSet before = PolicyLintTest.set("exclusive", "a street", LABELS.formatted("0.5"));
    LabelSet after = PolicyLintTest.set("exclusive", "a street", LABELS.formatted("0.6"));
    assertThat(touched(before, after)).containsExactlyInAnyOrder("thief", "cat");
  }

  @Test
  void aWaiverThatIsOverNoLongerCovers() {
    LabelSet set = set("0.5");
    List<String> passed = List.of("thief: no-alternative");
    assertThat(
            PublishGate.touched(
                set, Optional.of(stored(set, new GateWaiver("Ann", "law", DAY, passed))), DAY))
        .isEmpty();
    assertThat(
            PublishGate.touched(
                set,
                Optional.of(stored(set, new GateWaiver("Ann", "law", DAY.minusDays(1), passed))),
                DAY))
        .containsExactly("thief");
  }

  @Test
  void itRunsNoTestWhereNothingIsTouched() {
    PublishGate gate =
        new PublishGate(
            List.of(
                (set, judged, day) -> {
                  throw new AssertionError("nothing is to be judged");
                }));
    LabelSet set = set("0.5");
    PublishGate.Verdict verdict = gate.judge(set, Optional.of(stored(set, null)), DAY);
    assertThat(verdict.judged()).isEmpty();
    assertThat(verdict.beyond()).isEmpty();
  }

  @Test
  void itGathersWhatTheTestsFind() {
    PublishGate gate =
        new PublishGate(
            List.of(
                (set, judged, day) ->
                    new PolicyLint(set, day, ProbeWords.SHIPPED)
                        .check(set.label("thief").orElseThrow())));
    PublishGate.Verdict verdict = gate.judge(set("0.5"), Optional.empty(), DAY);
    assertThat(verdict.waivable()).containsExactly("thief: no-alternative");
  }

  private static Set<String> touched(LabelSet before, LabelSet after) {
    return PublishGate.touched(after, Optional.of(stored(before, null)), DAY);
  }

  private static LabelSet set(String threshold) {
    return PolicyLintTest.set("independent", "a street", LABELS.formatted(threshold));
  }

  private static StoredVersion stored(LabelSet set, GateWaiver waiver) {
    String document = LabelSetWriter.canonicalJson(set);
    return new StoredVersion(
        set.name(),
        1,
        LabelSetWriter.hashOf(document),
        document,
        "ann",
        "why",
        Optional.empty(),
        Instant.EPOCH,
        Optional.empty(),
        Optional.ofNullable(waiver));
  }
}
