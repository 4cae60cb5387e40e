package dev.halcyon.labels;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class LabelSetReaderTest {
  static final String MINIMAL =
      """
      name: pets
      owner: trust-and-safety
      groups:
        - id: animals
          background: an empty room
      labels:
        - id: cat
          prompts: a cat
      """;

  static LabelSet read(String document) {
    ReadResult result = LabelSetReader.read(document);
    assertThat(result).isInstanceOf(ReadResult.Read.class);
    return ((ReadResult.Read) result).labelSet();
  }

  static List<String> problems(String document) {
    ReadResult result = LabelSetReader.read(document);
    assertThat(result).isInstanceOf(ReadResult.Faulty.class);
    return ((ReadResult.Faulty) result).problems().stream().map(Problem::toString).toList();
  }

  /** The minimal set with further lines for its label. */
  private static String label(String... lines) {
    return MINIMAL + "    " + String.join("\n    ", lines) + "\n";
  }

  @Test
  void aMinimalSetIsFilledWithDefaults() {
    LabelSet set = read(MINIMAL);
    assertThat(set.title()).isEqualTo("pets");
    assertThat(set.locale()).isEqualTo("en");
    assertThat(set.status()).isEqualTo(LabelStatus.ACTIVE);
    assertThat(set.rolloutPercent()).isEqualTo(100);
    assertThat(set.alertQuota()).isEqualTo(0.3);
    LabelGroup group = set.groups().get(0);
    assertThat(group.mode()).isEqualTo(LabelGroup.Mode.INDEPENDENT);
    assertThat(group.temperature()).isEqualTo(1);
    Label label = set.labels().get(0);
    assertThat(label.group()).isEqualTo("animals");
    assertThat(label.prompts()).containsExactly("a cat");
    assertThat(label.threshold()).isEqualTo(Threshold.manual(0.5));
    assertThat(label.severity()).isZero();
    assertThat(label.action()).isEqualTo(Action.TAG);
    assertThat(label.typographic().mode()).isEqualTo(TypographicPolicy.Mode.ALWAYS);
    assertThat(label.typographic().polarity()).isEqualTo(TypographicPolicy.Polarity.NEUTRAL);
    assertThat(label.typographic().onInflated()).isEqualTo(Action.TAG);
    assertThat(label.bias().sensitive()).isFalse();
    assertThat(label.bias().axes()).isEmpty();
  }

  @Test
  void severityMakesALabelHarmful() {
    Label label = read(label("severity: 4")).labels().get(0);
    assertThat(label.action()).isEqualTo(Action.REVIEW);
    assertThat(label.typographic().polarity()).isEqualTo(TypographicPolicy.Polarity.HARM);
    assertThat(label.typographic().onInflated()).isEqualTo(Action.REVIEW);
    assertThat(label.typographic().onSuppressed()).isEqualTo(Action.REVIEW);
  }

  @Test
  void plainValuesStandForRecords() {
    Label label = read(label("display: Cat", "threshold: 0.7", "typographic: off")).labels().get(0);
    assertThat(label.display()).isEqualTo(Map.of("en", "Cat"));
    assertThat(label.threshold().value()).isEqualTo(0.7);
    assertThat(label.typographic().mode()).isEqualTo(TypographicPolicy.Mode.OFF);
  }

  @Test
  void jsonReadsAsYamlDoes() {
    String json =
        """
        {"$schema": "label-set.schema.json", "name": "pets", "owner": "trust-and-safety",
        \t"groups": [{"id": "animals", "background": ["an empty room"]}],
         "labels": [{"id": "cat", "prompts": ["a cat"]}]}""";
    assertThat(read(json)).isEqualTo(read(MINIMAL));
  }

  @Test
  void anchorsAliasesAndMergeKeysAreResolved() {
    LabelSet set =
        read(
            """
            x-harm: &harm
              severity: 6
              typographic: &policy {mode: always, polarity: harm}
            name: pets
            owner: me
            groups: [{id: animals, background: [a room]}]
            labels:
              - <<: *harm
                id: snake
                prompts: a snake
              - <<: *harm
                id: wolf
                severity: 4
                prompts: a wolf
              - id: dog
                prompts: a dog
                typographic: *policy
            """);
    assertThat(set.labels()).extracting(Label::severity).containsExactly(6, 4, 0);
    assertThat(set.labels())
        .extracting(label -> label.typographic().onInflated())
        .as("a shared map takes its defaults from the label it stands in")
        .containsExactly(Action.REVIEW, Action.REVIEW, Action.TAG);
  }

  @Test
  void allProblemsAreFoundAtOnceInTheOrderOfTheDocument() {
    assertThat(
            problems(
                """
                name: My Set
                groups:
                  - id: things
                    background: []
                labels:
                  - id: cat
                    promts: a cat
                    threshold: 1.7
                  - id: cat
                    prompts: [a cat, ""]
                    parent: dgo
                    severity: 7
                    group: thing
                  - id: dog
                    prompts: a dog
                    action: blok
                    parent: dog
                """))
        .containsExactly(
            "owner is missing (who answers for the set: a team, a person or an address) (line 1)",
            "name \"My Set\" is not allowed; write lower-case letters, digits and -, beginning with"
                + " a letter or digit (line 1)",
            "groups[0].background is empty; write at least one (prompts of what an image shows when"
                + " no label of the group applies) (line 4)",
            "labels[0].prompts is empty; say in at least one prompt what the label looks like, or"
                + " learn a probe (line 6)",
            "labels[0].promts is no field here; did you mean \"prompts\"? (line 7)",
            "labels[0].threshold 1.7 is above 1; write a number above 0 and below 1 (line 8)",
            "labels[1].id \"cat\" is also the id of labels[0]; rename or remove one (line 9)",
            "labels[1].prompts[1] is blank; write a text, or remove it (line 10)",
            "labels[1].parent \"dgo\" is no label of the set; did you mean \"dog\"? (line 11)",
            "labels[1].severity 7 is above 6; write a number from 0 to 6 (line 12)",
            "labels[1].group \"thing\" is no group of the set; did you mean \"things\"? (line 13)",
            "labels[2].action \"blok\" is not one of tag, review, block; did you mean \"block\"?"
                + " (line 16)",
            "labels[2].parent \"dog\" makes the label its own ancestor (dog > dog); leave out one"
                + " parent (line 17)");
  }

  @Test
  void aProblemNamesItsFile() {
    Problem problem = new Problem("labels[2].threshold", "1.7", "is above 1; write less");
    assertThat(problem.render("label-config/weapons.yaml"))
        .isEqualTo("label-config/weapons.yaml: labels[2].threshold 1.7 is above 1; write less");
  }
}
