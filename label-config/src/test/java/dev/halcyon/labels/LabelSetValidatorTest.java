package dev.halcyon.labels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class LabelSetValidatorTest {
  /** A sound set; each line ends the block it belongs to, so that a test can replace it. */
  private static final String SOUND =
      """
      name: guard
      owner: me
      surfaces: [chat, listing]
      status: active
      calibration:
        modelId: clip
        modelHash: %s
        preprocessingId: p1
      templates:
        - id: photo
          prompts: ["a photo of {}", "a drawing of {}"]
      groups:
        - id: weapons
          template: photo
          background: [a room, a field]
        - id: kinds
          mode: exclusive
          background: [something else]
      labels:
        - id: pistol
          group: weapons
          prompts: [a pistol, a revolver]
          negativePrompts: [a water pistol]
          severity: 4
          threshold: 0.6
          reviewThreshold: 0.4
          actionBySurface: {chat: review}
          status: active
          typographic: {mode: always}
        - id: naked
          group: weapons
          prompts: a naked person
          bias:
            sensitive: true
            requiredAlternatives: [person]
        - id: person
          group: weapons
          parent: pistol
          prompts: a person
        - id: indoor
          group: kinds
          prompts: a kitchen
        - id: outdoor
          group: kinds
          prompts: a garden
      """
          .formatted("a".repeat(64));

  private static final Calibration RUNNING = new Calibration("clip", "a".repeat(64), "p1");

  static Stream<Arguments> faults() {
    return Stream.of(
        arguments(
            "surfaces: [chat, listing]",
            "surfaces: [chat, listing, Chat]",
            "surfaces[2] \"Chat\" repeats [0]; remove it"),
        arguments(
            "status: active\ncalibration",
            "status: canary\ncalibration",
            "rolloutPercent 100 reaches every image; for status canary write a share between 0 and"
                + " 100, or write status active"),
        arguments(
            "owner: me",
            "owner: me\nrolloutPercent: 101",
            "rolloutPercent 101 is above 100; write a number from 0 to 100"),
        arguments(
            "owner: me",
            "owner: me\nalertQuota: 0",
            "alertQuota 0 is not above 0; write a number above 0, up to 1"),
        arguments(
            "owner: me",
            "owner: me\nlocale: en_US",
            "locale \"en_US\" is no language tag; write \"en-US\""),
        arguments(
            "modelHash: aaaa",
            "modelHash: AAAA",
            "calibration.modelHash \"AAAAaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…\" is"
                + " not allowed; write 64 digits of lower-case hexadecimal"),
        arguments(
            "\"a photo of {}\"",
            "a photo",
            "templates[0].prompts[0] \"a photo\" has no {}; write one {} where the prompt goes, as"
                + " \"a photo of {}\""),
        arguments(
            "\"a photo of {}\"",
            "\"{} beside {}\"",
            "templates[0].prompts[0] \"{} beside {}\" has 2 {}; write one {} where the prompt goes,"
                + " as \"a photo of {}\""),
        arguments(
            "template: photo",
            "template: foto",
            "groups[0].template \"foto\" is no template of the set; did you mean \"photo\"?"),
        arguments(
            "background: [something else]",
            "background: [something else]\n  - {id: weapons, background: a sea}",
            "groups[2].id \"weapons\" is also the id of groups[0]; rename or remove one"),
        arguments(
            "background: [a room, a field]",
            "background: []",
            "groups[0].background is empty; write at least one (prompts of what an image shows when"
                + " no label of the group applies)"),
        arguments(
            "background: [a room, a field]",
            "background: [a room, a field]\n    temperature: 0",
            "groups[0].temperature 0 is not above 0; write a number above 0 and below 1000"),
        arguments(
            "prompts: a person",
            "prompts: 'a {} person'",
            "labels[2].prompts[0] \"a {} person\" holds {}, which belongs in a template; write the"
                + " sentence into templates"),
        arguments(
            "prompts: a person",
            "prompts: []",
            "labels[2].prompts is empty; say in at least one prompt what the label looks like, or"
                + " learn a probe"),
        arguments(
            "prompts: [a pistol, a revolver]",
            "prompts: [a pistol, A Pistol]",
            "labels[0].prompts[1] \"A Pistol\" repeats [0]; remove it"),
        arguments(
            "negativePrompts: [a water pistol]",
            "negativePrompts: [A revolver]",
            "labels[0].prompts[1] \"a revolver\" is also a negative prompt of the label; keep it in"
                + " one"),
        arguments(
            "prompts: a person",
            "prompts: a field",
            "labels[2].prompts[0] \"a field\" is also a background prompt of group weapons; keep it"
                + " in one"),
        arguments(
            "prompts: a garden",
            "prompts: a kitchen",
            "labels[4].prompts[0] \"a kitchen\" is also a prompt of label indoor, with which the"
                + " label competes; keep it in one"),
        arguments(
            "group: kinds\n    prompts: a garden",
            "group: sorts\n    prompts: a garden",
            "labels[4].group \"sorts\" is no group of the set; there are weapons, kinds"),
        arguments(
            "group: kinds\n    prompts: a garden",
            "prompts: a garden",
            "labels[4].group is missing (id of its group; where it is left out, it is the group,"
                + " where the set has only one)"),
        arguments(
            "parent: pistol",
            "parent: naked2",
            "labels[2].parent \"naked2\" is no label of the set; did you mean \"naked\"?"),
        arguments(
            "severity: 4",
            "severity: 4\n    parent: person",
            "labels[0].parent \"person\" makes the label its own ancestor (pistol > person >"
                + " pistol); leave out one parent"),
        arguments(
            "threshold: 0.6",
            "threshold: 1",
            "labels[0].threshold 1 is not below 1; write a number above 0 and below 1"),
        arguments(
            "threshold: 0.6",
            "threshold: -0.1",
            "labels[0].threshold -0.1 is below 0; write a number above 0 and below 1"),
        arguments(
            "reviewThreshold: 0.4",
            "reviewThreshold: 0.6",
            "labels[0].reviewThreshold 0.6 is not below the threshold 0.6; lower it, or leave it"
                + " out"),
        arguments(
            "threshold: 0.6",
            "threshold: {value: 0.6, method: quantile, backgroundSamples: 500}",
            "labels[0].threshold.targetFalsePositiveRate is missing for method quantile; give it,"
                + " or write method: manual"),
        arguments(
            "threshold: 0.6",
            "threshold: {value: 0.6, method: precision}",
            "labels[0].threshold.targetPrecision is missing for method precision; give it, or write"
                + " method: manual"),
        arguments(
            "threshold: 0.6",
            "threshold: {value: 0.6, interval: {low: 0.9, high: 0.1}}",
            "labels[0].threshold.interval 0.9 to 0.1 ends below its beginning; swap low and high"),
        arguments("severity: 4", "severity: 4.5", "labels[0].severity 4.5 is no whole number"),
        arguments(
            "actionBySurface: {chat: review}",
            "actionBySurface: {chats: review}",
            "labels[0].actionBySurface.chats is no surface of the set; did you mean \"chat\"?"),
        arguments(
            "status: active\n    typographic",
            "status: canary\n    canaryPercent: 0\n    typographic",
            "labels[0].canaryPercent 0 reaches no image; for status canary write a share between 0"
                + " and 100, or write status shadow"),
        arguments(
            "typographic: {mode: always}",
            "typographic: near_threshold",
            "labels[0].typographic near_threshold lets written text hide a label of severity 4;"
                + " write mode: always, or lower the severity below 4"),
        arguments(
            "typographic: {mode: always}",
            "typographic: {polarity: allow}",
            "labels[0].typographic.polarity allow lets written text hide a label of severity 4;"
                + " write polarity: harm, or lower the severity below 4"),
        arguments(
            "typographic: {mode: always}",
            "typographic: {onInflated: tag}",
            "labels[0].typographic.onInflated tag lets a decision of action review go away"
                + " silently; write review or block"),
        arguments(
            "requiredAlternatives: [person]",
            "axes: [age]",
            "labels[1].bias.requiredAlternatives is empty for a sensitive label; name the labels a"
                + " person or a child would otherwise be given, as [person, child]"),
        arguments(
            "requiredAlternatives: [person]",
            "requiredAlternatives: [persn]",
            "labels[1].bias.requiredAlternatives[0] \"persn\" is no label of the set; did you mean"
                + " \"person\"?"),
        arguments(
            "requiredAlternatives: [person]",
            "requiredAlternatives: [person, naked]",
            "labels[1].bias.requiredAlternatives[1] \"naked\" is the label itself; name another"),
        arguments(
            "prompts: a person",
            "prompts: a person\n    status: retired",
            "labels[1].bias.requiredAlternatives[0] \"person\" is not scored, its status is retired;"
                + " activate it, or name another"),
        arguments(
            "requiredAlternatives: [person]",
            "requiredAlternatives: [person]\n      axes: [gendre]",
            "labels[1].bias.axes[0] \"gendre\" is not one of gender, age, skin_tone, religion,"
                + " ethnicity; did you mean \"gender\"?"),
        arguments(
            "requiredAlternatives: [person]",
            "requiredAlternatives: [person]\n    action: block",
            "labels[1].bias.waiver is missing for a sensitive label that blocks; write action:"
                + " review, or say who answers for blocking, why and until when"),
        arguments(
            "requiredAlternatives: [person]",
            "requiredAlternatives: [person]\n    actionBySurface: {chat: block}",
            "labels[1].bias.waiver is missing for a sensitive label that blocks; write action:"
                + " review, or say who answers for blocking, why and until when"),
        arguments(
            "prompts: a kitchen",
            "prompts: a kitchen\n    probe: {modelHash: %s, weights: [1, 2], bias: 0, positives: 3, negatives: 4}"
                .formatted("a".repeat(64)),
            "labels[3].probe cannot compete in the exclusive group kinds; put the label into an"
                + " independent group"),
        arguments(
            "prompts: a person",
            "probe: {modelHash: %s, weights: [1, 2], bias: 0, positives: 3, negatives: 4}"
                .formatted("b".repeat(64)),
            "labels[2].probe.modelHash bbbbbbbbbbbb… is of another model than the set's calibration;"
                + " learn the label again, or calibrate"),
        arguments(
            "threshold: 0.6\n",
            "threshold: 0.6\n    expires: 31.12.2026\n",
            "labels[0].expires \"31.12.2026\" is no day; write it as 2026-12-31"),
        arguments(
            "prompts: a person",
            "prompts: a person\n    display: {de: ''}",
            "labels[2].display.de is blank; write a text or leave it out"));
  }

  @ParameterizedTest
  @MethodSource("faults")
  void eachFaultIsNamedWithItsRemedy(String sound, String faulty, String problem) {
    assertThat(LabelSetReader.read(SOUND)).isInstanceOf(ReadResult.Read.class);
    assertThat(SOUND).containsOnlyOnce(sound);
    assertThat(LabelSetReaderTest.problems(SOUND.replace(sound, faulty)))
        .singleElement()
        .satisfies(
            found -> assertThat(found.replaceAll(" \\(line \\d+\\)$", "")).isEqualTo(problem));
  }

  @Test
  void aSetWithoutCalibrationNeitherBlocksNorClaimsMeasuredThresholds() {
    String uncalibrated = SOUND.replaceAll("(?s)calibration:.*?templates:", "templates:");
    assertThat(LabelSetReader.read(uncalibrated)).isInstanceOf(ReadResult.Read.class);
    assertThat(
            LabelSetReaderTest.problems(
                uncalibrated.replace("severity: 4", "severity: 4\n    action: block")))
        .containsExactly(
            "calibration is missing, but labels[0] blocks; name the model its threshold was set"
                + " for, or write action: review (line 1)");
    assertThat(
            LabelSetReaderTest.problems(
                uncalibrated.replace(
                    "threshold: 0.6",
                    "threshold: {value: 0.6, method: precision, targetPrecision: 0.9}")))
        .containsExactly(
            "calibration is missing, but the threshold of labels[0] was measured; name the model it"
                + " was measured on (line 1)");
  }

  @Test
  void promptsThatDoNotFitTheModelAreNamed() {
    LabelSet set = LabelSetReaderTest.read(SOUND);
    PromptCheck words =
        new PromptCheck() {
          @Override
          public int tokens(String sentence) {
            return sentence.split(" ").length + 2;
          }

          @Override
          public int contextLength() {
            return 7;
          }
        };
    assertThat(LabelSetValidator.prompts(set, words))
        .map(Problem::toString)
        .containsExactly(
            "labels[0].negativePrompts[0] \"a water pistol\" takes 8 tokens within its template,"
                + " more than the 7 the model reads; shorten it",
            "labels[1].prompts[0] \"a naked person\" takes 8 tokens within its template, more than"
                + " the 7 the model reads; shorten it");
  }

  @Test
  void anotherModelOrPreprocessingIsNamed() {
    LabelSet set = LabelSetReaderTest.read(SOUND);
    assertThat(LabelSetValidator.calibration(set, RUNNING)).isEmpty();
    assertThat(LabelSetValidator.calibration(set, new Calibration("siglip", "b".repeat(64), "p2")))
        .map(Problem::toString)
        .containsExactly(
            "calibration.modelHash aaaaaaaaaaaa… is of model clip, but siglip with hash"
                + " bbbbbbbbbbbb… is running, for which the thresholds mean nothing; calibrate the"
                + " set for it",
            "calibration.preprocessingId \"p1\" is not the preprocessing that is running, \"p2\","
                + " for which the thresholds mean nothing; calibrate the set for it");
  }

  @Test
  void aWaiverHoldsUpToItsLastDay() {
    LabelSet set =
        LabelSetReaderTest.read(
            SOUND.replace(
                "requiredAlternatives: [person]",
                """
                requiredAlternatives: [person]
                      waiver: {who: me, why: trial, until: 2026-06-30}
                    action: block
                    expires: 2026-07-31"""));
    assertThat(LabelSetValidator.dates(set, LocalDate.of(2026, 6, 30))).isEmpty();
    assertThat(LabelSetValidator.dates(set, LocalDate.of(2026, 7, 1)))
        .map(Problem::toString)
        .containsExactly(
            "labels[1].bias.waiver.until 2026-06-30 is over; renew the waiver, or change what it was"
                + " for");
    assertThat(LabelSetValidator.dates(set, LocalDate.of(2026, 8, 1)))
        .map(Problem::path)
        .containsExactly("labels[1].bias.waiver.until", "labels[1].expires");
  }

  @Test
  void setsThatDecideTheSameSurfaceAreNamed() {
    LabelSet chat = LabelSetReaderTest.read(SOUND);
    LabelSet other =
        LabelSetReaderTest.read(
            SOUND.replace("name: guard", "name: other").replace("[chat, listing]", "[chat, feed]"));
    LabelSet rest = LabelSetReaderTest.read(LabelSetReaderTest.MINIMAL);
    LabelSet alsoRest =
        LabelSetReaderTest.read(LabelSetReaderTest.MINIMAL.replace("name: pets", "name: zoo"));
    assertThat(LabelSetValidator.surfaces(List.of(chat, rest))).isEmpty();
    Map<String, List<Problem>> found =
        LabelSetValidator.surfaces(List.of(alsoRest, chat, other, rest));
    assertThat(found.keySet()).containsExactly("other", "zoo");
    assertThat(found.get("other"))
        .map(Problem::toString)
        .containsExactly(
            "surfaces[0] \"chat\" is already decided by set guard; name it in one set");
    assertThat(found.get("zoo"))
        .map(Problem::toString)
        .containsExactly(
            "surfaces is empty, and so is that of set pets, which already decides every surface no"
                + " set names; name surfaces");
  }

  @Test
  void setsMadeInCodeAreHeldToTheSameRules() {
    Label label = LabelSetReaderTest.read(LabelSetReaderTest.MINIMAL).labels().get(0);
    LabelSet made =
        new LabelSet(
            "Made Here",
            " x",
            "me",
            Optional.empty(),
            "en",
            List.of(),
            LabelStatus.ACTIVE,
            100,
            Double.NaN,
            Optional.empty(),
            List.of(),
            List.of(
                new LabelGroup(
                    "animals", LabelGroup.Mode.INDEPENDENT, List.of("x"), 1, Optional.empty())),
            List.of(label));
    assertThat(LabelSetValidator.problems(made))
        .map(Problem::path)
        .containsExactly("name", "title", "alertQuota");
  }
}
