package dev.halcyon.app.labels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.halcyon.app.decision.CompiledLabelSet;
import dev.halcyon.app.decision.LabelSetVersion;
import dev.halcyon.labels.LabelSet;
import dev.halcyon.labels.LabelSetReader;
import dev.halcyon.labels.ReadResult;
import java.time.LocalDate;
import org.junit.jupiter.api.Test;

final class LabelSetCompilerTest {
  private static final LocalDate DAY = LocalDate.of(2026, 3, 1);

  private final WordSpace words = new WordSpace();
  private final LabelSetCompiler compiler = new LabelSetCompiler(words, words.model());

  @Test
  void encodesEverySentenceOnceAndInOneCall() throws Exception {
    compile(
        """
        templates: [{id: photo, prompts: ["a photo of {}", "a drawing of {}"]}]
        groups: [{id: things, background: [nothing], template: photo}]
        labels:
          - {id: gun, prompts: [a gun, a rifle]}
          - {id: toy, prompts: [a toy], negativePrompts: [a gun]}
        """);

    // nothing, a gun, a rifle, a toy: each in two sentences.
    assertThat(words.encoded()).isEqualTo(8);
    assertThat(words.calls()).isEqualTo(1);
  }

  @Test
  void anEditEncodesOnlyWhatItChanged() throws Exception {
    String written =
        """
        groups: [{id: things, background: [nothing]}]
        labels:
          - {id: gun, prompts: [a gun, %s]}
        """;
    compile(written.formatted("a rifle"));
    int before = words.encoded();

    compile(written.formatted("a pistol"));

    assertThat(words.encoded() - before).isEqualTo(1);
  }

  @Test
  void whatWasPreparedIsNotEncodedAgain() throws Exception {
    String written =
        """
        groups: [{id: things, background: [nothing]}]
        labels:
          - {id: gun, prompts: [a gun, a rifle]}
          - {id: over, prompts: [over], expires: 2026-02-28}
        """;
    compiler.prepare(read(written), DAY);
    assertThat(words.encoded()).isEqualTo(3);

    assertThat(compile(written).labelCount()).isEqualTo(1);

    assertThat(words.encoded()).isEqualTo(3);
  }

  @Test
  void leavesOutWhatIsNotScored() throws Exception {
    CompiledLabelSet compiled =
        compile(
            """
            groups: [{id: things, background: [nothing]}]
            labels:
              - {id: kept, prompts: [kept]}
              - {id: shadowed, prompts: [shadowed], status: shadow}
              - {id: drafted, prompts: [drafted], status: draft}
              - {id: retired, prompts: [retired], status: retired}
              - {id: over, prompts: [over], expires: 2026-02-28}
              - {id: today, prompts: [today], expires: 2026-03-01}
            """);

    assertThat(compiled.labelCount()).isEqualTo(3);
    assertThat(compiled.lastDay()).contains(DAY);
  }

  @Test
  void aLabelIsNeverLivelierThanItsSet() throws Exception {
    CompiledLabelSet compiled =
        compile(
            """
            status: draft
            groups: [{id: things, background: [nothing]}]
            labels:
              - {id: kept, prompts: [kept]}
            """);

    assertThat(compiled.labelCount()).isZero();
    assertThat(words.calls()).isZero();
  }

  @Test
  void refusesAPromptOverTheContextOfTheModel() {
    assertThatThrownBy(
            () ->
                compile(
                    """
                    groups: [{id: things, background: [nothing]}]
                    labels:
                      - {id: long, prompts: ["%s"]}
                    """
                        .formatted("word ".repeat(30).strip())))
        .isInstanceOf(LabelSetRefusedException.class)
        .hasMessageContaining("labels[0].prompts[0]")
        .hasMessageContaining("32 tokens")
        .hasMessageContaining("20");
  }

  @Test
  void refusesAProbeOfOtherDimensions() {
    assertThatThrownBy(
            () ->
                compile(
                    """
                    groups: [{id: things, background: [nothing]}]
                    labels:
                      - id: learned
                        probe:
                          {modelHash: "%s", weights: [1, 2], bias: 0, positives: 3, negatives: 3}
                    calibration: {modelId: words, modelHash: "%1$s", preprocessingId: squares}
                    """
                        .formatted(words.model().hash())))
        .isInstanceOf(LabelSetRefusedException.class)
        .hasMessageContaining("labels.learned.probe.weights has 2 values")
        .hasMessageContaining("256");
  }

  @Test
  void laysOutAProjectedTwinForLabelsWithBiasAxesAlone() throws Exception {
    String written =
        """
        groups: [{id: crime, background: [a street, a face]}]
        labels:
          - {id: thief, prompts: [a thief], bias: {axes: [%s]}}
          - {id: fence, prompts: [a fence]}
        """;

    assertThat(compile(written.formatted("")).rowCount()).isEqualTo(4);
    // The background again, and the one label.
    assertThat(compile(written.formatted("gender")).rowCount()).isEqualTo(7);
  }

  @Test
  void warnsWhereNothingIsLeftOfALabelWithoutItsAxes() throws Exception {
    CompiledLabelSet compiled =
        compile(
            """
            groups: [{id: people, background: [a street]}]
            labels:
              - {id: woman, prompts: [a woman, a photo of a woman, a photo of the face of a woman,
                 a portrait of a woman], bias: {axes: [gender]}}
            """);

    assertThat(compiled.warnings())
        .singleElement()
        .asString()
        .contains("labels.woman.bias.axes")
        .contains("gender");
  }

  private CompiledLabelSet compile(String body) throws LabelSetRefusedException {
    return compiler.compile(read(body), new LabelSetVersion("test", 1, "hash"), DAY);
  }

  private static LabelSet read(String body) {
    ReadResult result = LabelSetReader.read("name: test\nowner: team\n" + body);
    assertThat(result).isInstanceOf(ReadResult.Read.class);
    return ((ReadResult.Read) result).labelSet();
  }
}
