package dev.halcyon.labels;

import static org.assertj.core.api.Assertions.assertThat;

import dev.halcyon.labels.Change.Added;
import dev.halcyon.labels.Change.Changed;
import dev.halcyon.labels.Change.FieldChange;
import dev.halcyon.labels.Change.Part;
import dev.halcyon.labels.Change.Removed;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class LabelSetDiffTest {
  private static final String HEAD =
      """
      name: pets
      owner: me
      groups: [{id: animals, background: [a room]}]
      labels:
      """;
  private static final String CAT = "  - {id: cat, prompts: [a cat, a kitten], display: Cat}\n";
  private static final String DOG = "  - {id: dog, prompts: [a dog], severity: 2}\n";
  private static final LabelSet BASE = LabelSetReaderTest.read(HEAD + CAT + DOG);

  private static LabelSet set(String... labels) {
    return LabelSetReaderTest.read(HEAD + String.join("", labels));
  }

  static LongStream seeds() {
    return LongStream.range(0, 200);
  }

  @Test
  void aLabelIsComparedFieldByField() {
    LabelSet after =
        set(
            "  - {id: cat, prompts: [a cat, a tabby], threshold: 0.7, display: {en: Cat, de: Katze}}\n",
            DOG);
    assertThat(LabelSetDiff.between(BASE, after))
        .containsExactly(
            new Changed(
                new Part(Part.Kind.LABEL, "cat"),
                List.of(
                    new FieldChange.Value("display.de", Optional.empty(), Optional.of("Katze")),
                    new FieldChange.Texts("prompts", List.of("a tabby"), List.of("a kitten")),
                    new FieldChange.Value(
                        "threshold.value", Optional.of("0.5"), Optional.of("0.7")))));
  }

  @Test
  void anAddedLabelSaysWhatIsNotDefault() {
    LabelSet after = set(CAT, "  - {id: bird, prompts: [a bird], severity: 4}\n");
    assertThat(LabelSetDiff.between(BASE, after))
        .containsExactly(
            new Added(
                new Part(Part.Kind.LABEL, "bird"),
                List.of(
                    new FieldChange.Texts("prompts", List.of("a bird"), List.of()),
                    new FieldChange.Value("severity", Optional.empty(), Optional.of("4")))),
            new Removed(new Part(Part.Kind.LABEL, "dog")));
  }

  @Test
  void anotherOrderIsSaidToBeThat() {
    assertThat(LabelSetDiff.between(BASE, set(DOG, CAT)))
        .containsExactly(
            new Changed(new Part(Part.Kind.SET, "pets"), List.of(new FieldChange.Order("labels"))));
  }

  @Test
  void editsOfDifferentLabelsAreMerged() {
    LabelSet ours = set(CAT.replace("a kitten", "a tabby"), DOG);
    LabelSet theirs = set(CAT, DOG.replace("severity: 2", "severity: 4"));
    LabelSetDiff.ThreeWay both = LabelSetDiff.threeWay(BASE, ours, theirs);
    assertThat(both.conflicts()).isEmpty();
    assertThat(both.merged())
        .contains(
            set(CAT.replace("a kitten", "a tabby"), DOG.replace("severity: 2", "severity: 4")));
  }

  @Test
  void editsOfOneLabelConflict() {
    LabelSet ours = set(CAT.replace("a kitten", "a tabby"), DOG);
    LabelSet theirs = set(CAT.replace("display: Cat", "threshold: 0.7"), DOG);
    LabelSetDiff.ThreeWay both = LabelSetDiff.threeWay(BASE, ours, theirs);
    assertThat(both.merged()).isEmpty();
    assertThat(both.conflicts())
        .containsExactly(
            new LabelSetDiff.Conflict(
                LabelSetDiff.between(BASE, ours).get(0),
                LabelSetDiff.between(BASE, theirs).get(0)));
    assertThat(ChangeText.renderConflicts(both.conflicts(), false))
        .isEqualTo(
            """
            theirs:
            ~ label cat
                display.en                 Cat → (left out)
                threshold.value            0.5 → 0.7
            ours:
            ~ label cat
                prompts                    + a tabby
                                           - a kitten
            """);
  }

  @Test
  void theSameEditOnBothSidesIsNoConflict() {
    LabelSet edit = set(CAT.replace("a kitten", "a tabby"), DOG);
    LabelSetDiff.ThreeWay both = LabelSetDiff.threeWay(BASE, edit, edit);
    assertThat(both.conflicts()).isEmpty();
    assertThat(both.merged()).contains(edit);
  }

  @Test
  void theSetsOwnFieldsConflictOneByOne() {
    LabelSet ours = LabelSetReaderTest.read((HEAD + CAT + DOG).replace("owner: me", "owner: us"));
    LabelSet locale =
        LabelSetReaderTest.read((HEAD + CAT + DOG).replace("owner: me", "owner: me\ntitle: x"));
    LabelSet owner =
        LabelSetReaderTest.read((HEAD + CAT + DOG).replace("owner: me", "owner: they"));
    assertThat(LabelSetDiff.threeWay(BASE, ours, locale).conflicts()).isEmpty();
    assertThat(LabelSetDiff.threeWay(BASE, ours, locale).merged().orElseThrow().owner())
        .isEqualTo("us");
    assertThat(LabelSetDiff.threeWay(BASE, ours, owner).conflicts()).hasSize(1);
  }

  @Test
  void aMergeThatMakesNoSoundSetIsNone() {
    LabelSet ours = set(CAT, DOG, "  - {id: puppy, prompts: a puppy, parent: dog}\n");
    LabelSet theirs = set(CAT);
    LabelSetDiff.ThreeWay both = LabelSetDiff.threeWay(BASE, ours, theirs);
    assertThat(both.conflicts()).isEmpty();
    assertThat(both.merged()).isEmpty();
  }

  @Test
  void linesFitATerminal() {
    LabelSet after = set(CAT.replace("a kitten", "a kitten " + "asleep ".repeat(20)), DOG);
    assertThat(ChangeText.render(LabelSetDiff.between(BASE, after), false).lines())
        .hasSize(3)
        .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(100));
    assertThat(ChangeText.render(LabelSetDiff.between(BASE, BASE), false))
        .isEqualTo("no changes\n");
    assertThat(ChangeText.render(LabelSetDiff.between(BASE, after), true)).contains("\u001b[32m");
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void thereAreChangesExactlyWhereSetsDiffer(long seed) {
    LabelSet a = RandomLabelSets.of(seed);
    LabelSet b = RandomLabelSets.of(seed + 1);
    assertThat(LabelSetDiff.between(a, RandomLabelSets.of(seed))).isEmpty();
    assertThat(LabelSetDiff.between(a, b).isEmpty()).isEqualTo(a.equals(b));
    assertThat(LabelSetDiff.between(a, b)).hasSameSizeAs(LabelSetDiff.between(b, a));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void anEditThatOnlyOneSideMadeIsTheMerge(long seed) {
    LabelSet a = RandomLabelSets.of(seed);
    LabelSet b = RandomLabelSets.of(seed + 1);
    assertThat(LabelSetDiff.threeWay(a, b, a).merged()).contains(b);
    LabelSetDiff.ThreeWay theirs = LabelSetDiff.threeWay(a, a, b);
    assertThat(theirs.conflicts()).isEmpty();
    assertThat(theirs.merged()).contains(b);
  }
}
