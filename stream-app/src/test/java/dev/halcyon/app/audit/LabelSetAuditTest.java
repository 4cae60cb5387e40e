package dev.halcyon.app.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.halcyon.app.audit.Finding.Kind;
import dev.halcyon.app.audit.Finding.Level;
import dev.halcyon.app.labels.WordSpace;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The audit in a space of words, where a label that names a group leans to it for certain. */
final class LabelSetAuditTest {
  private static final LocalDate DAY = LocalDate.of(2026, 6, 1);
  private static final String LABELS =
      """
      - id: %s
          prompts: [%s]
          severity: 4
          bias: {axes: [gender]%s}
      """;

  private final WordSpace space = new WordSpace("words", 512);
  private final LabelSetAudit audit = new LabelSetAudit(space, space.model());

  @Test
  void aLabelThatNamesAGroupLeansToIt() {
    AuditReport report = run("brawl", "a woman*3 fighting", "");

    LabelMeasure gender = measure(report, "gender");
    assertThat(gender.towards()).isEqualTo("woman");
    assertThat(gender.relativeSkew()).isGreaterThan(LabelSetAudit.REMARKABLE_SKEW);
    assertThat(gender.effectGroup()).isEqualTo("woman");
    assertThat(gender.effect()).isGreaterThan(0.8);
    assertThat(gender.p()).isLessThan(0.05);
    assertThat(report.findings())
        .extracting(Finding::kind)
        .containsExactly(Kind.LEANING, Kind.ASSOCIATION);
    assertThat(report.findings().get(0).level()).isEqualTo(Level.WARNING);
    assertThat(report.findings().get(0).sentence()).contains("\"woman\"").contains("gender");
    assertThat(report.beyond()).isEmpty();
  }

  @Test
  void aLabelThatNamesNoneIsNotRemarkedUpon() {
    AuditReport report = run("brawl", "a person fighting", "");

    assertThat(measure(report, "gender").relativeSkew()).isLessThan(LabelSetAudit.REMARKABLE_SKEW);
    assertThat(report.findings()).isEmpty();
  }

  @Test
  void beyondTheLimitOfThePackItIsRefusedAndUnderAWaiverRemarkedUpon() {
    assertThat(run("brawl", "a woman*3 fighting", ", maxRelativeSkew: 2").beyond())
        .extracting(Finding::kind)
        .containsExactly(Kind.LEANING);
    assertThat(run("brawl", "a woman*3 fighting", ", maxRelativeSkew: 1000").beyond()).isEmpty();
    AuditReport waived =
        run(
            "brawl",
            "a woman*3 fighting",
            ", maxRelativeSkew: 2, waiver: {who: Ann, why: law, until: 2026-06-01}");
    assertThat(waived.beyond()).isEmpty();
    assertThat(waived.findings()).extracting(Finding::kind).contains(Kind.LEANING);
  }

  @Test
  void onlyTheLabelsAskedForAreJudged() {
    AuditReport report =
        audit.run(
            PolicyLintTest.set(
                "independent", "a street", LABELS.formatted("brawl", "a woman*3 fighting", "")),
            label -> false,
            DAY,
            done -> {});
    assertThat(report.judged()).isZero();
    assertThat(report.measures()).isEmpty();
    assertThat(report.findings()).isEmpty();
  }

  @Test
  void theTextFitsItsWidthAndTheJsonHasARecordEach() {
    AuditReport report = run("brawl", "a woman*3 fighting", "");

    assertThat(new AuditText(false).render(report).lines())
        .allMatch(line -> line.length() <= 100)
        .anyMatch(line -> line.contains("brawl") && line.contains("woman"));
    List<String> lines = AuditJson.lines(report);
    assertThat(lines.get(0)).contains("\"record\":\"audit\"").contains("\"beyond\":0");
    assertThat(lines).filteredOn(line -> line.contains("\"record\":\"words\"")).hasSize(5);
    assertThat(lines).filteredOn(line -> line.contains("\"record\":\"finding\"")).hasSize(2);
  }

  private AuditReport run(String id, String prompt, String bias) {
    return audit.run(
        PolicyLintTest.set("independent", "a street", LABELS.formatted(id, prompt, bias)),
        label -> true,
        DAY,
        done -> {});
  }

  private static LabelMeasure measure(AuditReport report, String axis) {
    return report.measures().stream()
        .filter(measure -> measure.axis().equals(axis))
        .findFirst()
        .orElseThrow();
  }
}
