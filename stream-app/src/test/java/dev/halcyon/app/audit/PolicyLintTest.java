package dev.halcyon.app.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.halcyon.app.Home;
import dev.halcyon.app.audit.Finding.Kind;
import dev.halcyon.app.audit.Finding.Level;
import dev.halcyon.labels.LabelSet;
import dev.halcyon.labels.LabelSetReader;
import dev.halcyon.labels.ReadResult;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Each lint finds its fault, and finds nothing once the fault is mended. */
final class PolicyLintTest {
  private static final LocalDate DAY = LocalDate.of(2026, 6, 1);
  private static final String SET =
      """
      name: test
      owner: tests
      calibration: {modelId: words, modelHash: "%s", preprocessingId: none}
      groups: [{id: g, mode: %s, background: [%s]}]
      labels:
      %s
      """;

  @Test
  void aLabelOfCrimeNeedsAPersonAndAChildBesideIt() {
    Finding finding =
        only(check("independent", "a street", "- {id: thief, prompts: [a thief]}", "thief"));
    assertThat(finding.kind()).isEqualTo(Kind.NO_ALTERNATIVE);
    assertThat(finding.level()).isEqualTo(Level.BEYOND);
    assertThat(finding.sentence()).contains("a crime").contains("a person or a child");
    assertThat(finding.remedy()).contains("background of group g");

    assertThat(
            check(
                "independent",
                "a street, a person, a child",
                "- {id: thief, prompts: [a thief]}",
                "thief"))
        .isEmpty();
    assertThat(
            check(
                "independent",
                "a street, a person",
                "- {id: thief, prompts: [a thief], negativePrompts: [a kid at school]}",
                "thief"))
        .isEmpty();
    assertThat(check("independent", "a street", "- {id: bicycle, prompts: [a bike]}", "bicycle"))
        .isEmpty();
  }

  @Test
  void aLabelOfAnAnimalPeopleHaveBeenCalledNeedsThemToo() {
    String labels =
        """
        - {id: monkey, prompts: [a gorilla]}
          - {id: cat, prompts: [a cat]}
        """;
    assertThat(only(check("exclusive", "a tree, a person", labels, "monkey")).sentence())
        .contains("\"monkey\" names an animal people have been called")
        .contains("nothing it competes with names a child");
    assertThat(check("exclusive", "a tree, a person", labels, "cat")).isEmpty();
  }

  @Test
  void rivalsOfAnExclusiveGroupAreAlternativesWhileTheyAreScored() {
    String labels =
        """
        - {id: monkey, prompts: [a gorilla]}
          - {id: child, prompts: [a child]%s}
        """;
    assertThat(check("exclusive", "a person", labels.formatted(""), "monkey")).isEmpty();
    assertThat(check("exclusive", "a person", labels.formatted(", expires: 2026-05-31"), "monkey"))
        .extracting(Finding::kind)
        .containsExactly(Kind.NO_ALTERNATIVE);
    assertThat(check("independent", "a person", labels.formatted(""), "monkey"))
        .as("an independent label takes nothing from another")
        .extracting(Finding::kind)
        .containsExactly(Kind.NO_ALTERNATIVE);
  }

  @Test
  void aWordThatJudgesIsRemarkedUpon() {
    Finding finding =
        only(check("independent", "a person", "- {id: mood, prompts: [an ugly person]}", "mood"));
    assertThat(finding.kind()).isEqualTo(Kind.JUDGING_WORD);
    assertThat(finding.level()).isEqualTo(Level.WARNING);
    assertThat(finding.sentence()).contains("\"ugly\"");
    assertThat(check("independent", "a person", "- {id: mood, prompts: [a smiling face]}", "mood"))
        .isEmpty();
    assertThat(check("independent", "a person", "- {id: fatty, prompts: [a fatty meal]}", "fatty"))
        .as("words count whole: \"fat\" is not in \"fatty\"")
        .isEmpty();
  }

  @Test
  void aSensitiveLabelNeedsAlternativesThatAreScoredToday() {
    String labels =
        """
        - id: nudity
            prompts: [a nude body]
            bias: {sensitive: true, requiredAlternatives: [swimwear]}
          - {id: swimwear, prompts: [swimwear]%s}
        """;
    assertThat(
            only(check("independent", "x", labels.formatted(", expires: 2026-05-31"), "nudity"))
                .kind())
        .isEqualTo(Kind.SENSITIVE_WITHOUT_ALTERNATIVE);
    assertThat(check("independent", "x", labels.formatted(", expires: 2026-06-01"), "nudity"))
        .isEmpty();
  }

  @Test
  void aSensitiveLabelBlocksOnlyUnderAWaiverInForce() {
    String labels =
        """
        - id: nudity
            prompts: [a nude body]
            action: block
            bias:
              sensitive: true
              requiredAlternatives: [swimwear]
              waiver: {who: Ann, why: law, until: %s}
          - {id: swimwear, prompts: [swimwear]}
        """;
    Finding over = only(check("independent", "x", labels.formatted("2026-05-31"), "nudity"));
    assertThat(over.kind()).isEqualTo(Kind.BLOCK_WITHOUT_WAIVER);
    assertThat(over.sentence()).contains("the waiver of Ann ended 2026-05-31");
    assertThat(check("independent", "x", labels.formatted("2026-06-01"), "nudity")).isEmpty();
  }

  @Test
  void whatAWaiverInForceAnswersForIsAWarning() {
    String labels =
        """
        - id: thief
            prompts: [a thief]
            bias: {waiver: {who: Ann, why: law, until: %s}}
        """;
    assertThat(only(check("independent", "x", labels.formatted("2026-06-01"), "thief")).level())
        .isEqualTo(Level.WARNING);
    assertThat(only(check("independent", "x", labels.formatted("2026-05-31"), "thief")).level())
        .isEqualTo(Level.BEYOND);
  }

  @Test
  void everyListSaysWhereItComesFrom() {
    ProbeWords words = ProbeWords.SHIPPED;
    assertThat(words.everyday().sentences()).hasSizeGreaterThanOrEqualTo(40);
    assertThat(
            List.of(
                words.everyday().source(),
                words.crime().source(),
                words.animal().source(),
                words.person().source(),
                words.child().source(),
                words.judging().source()))
        .noneMatch(String::isBlank);
  }

  /** Else whoever starts with it could not publish it. */
  @Test
  void theDefaultPackIsWithinItsLimits() throws Exception {
    LabelSet pack =
        ((ReadResult.Read) LabelSetReader.read(Home.resolve("label-config/packs/default.yaml")))
            .labelSet();
    PolicyLint lint = new PolicyLint(pack, DAY, ProbeWords.SHIPPED);
    assertThat(pack.labels().stream().flatMap(label -> lint.check(label).stream()))
        .filteredOn(finding -> finding.level() == Level.BEYOND)
        .isEmpty();
  }

  static LabelSet set(String mode, String background, String labels) {
    ReadResult read =
        LabelSetReader.read(SET.formatted("0".repeat(64), mode, background, "  " + labels.strip()));
    assertThat(read).as("%s", read).isInstanceOf(ReadResult.Read.class);
    return ((ReadResult.Read) read).labelSet();
  }

  private static List<Finding> check(String mode, String background, String labels, String label) {
    LabelSet set = set(mode, background, labels);
    return new PolicyLint(set, DAY, ProbeWords.SHIPPED).check(set.label(label).orElseThrow());
  }

  private static Finding only(List<Finding> findings) {
    assertThat(findings).hasSize(1);
    return findings.get(0);
  }
}
