package dev.halcyon.labels;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class ShippedPacksTest {
  static final Path PACKS = Path.of("packs");

  static List<Path> packs() throws IOException {
    try (Stream<Path> files = Files.walk(PACKS)) {
      return files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList();
    }
  }

  static LabelSet read(Path file) throws IOException {
    ReadResult result = LabelSetReader.read(file);
    assertThat(result).isInstanceOf(ReadResult.Read.class);
    return ((ReadResult.Read) result).labelSet();
  }

  @ParameterizedTest
  @MethodSource("packs")
  void everyPackIsSoundAndNamesItsSchema(Path file) throws IOException {
    assertThat(read(file).name()).isEqualTo(file.getFileName().toString().replace(".yaml", ""));
    String firstLine = Files.readAllLines(file).get(0);
    assertThat(firstLine).startsWith("# yaml-language-server: $schema=");
    assertThat(file.resolveSibling(firstLine.substring(firstLine.indexOf('=') + 1)).normalize())
        .isEqualTo(Path.of("label-set.schema.json"));
  }

  @Test
  void theDefaultPackNamesEachLabelInFourLanguages() throws IOException {
    assertThat(read(PACKS.resolve("default.yaml")).labels())
        .allSatisfy(
            label ->
                assertThat(label.display().keySet()).isEqualTo(Set.of("en", "de", "fr", "es")));
  }

  @Test
  void theDefaultPackCoversWhatAModerationTeamLooksForFirst() throws IOException {
    LabelSet set = read(PACKS.resolve("default.yaml"));
    assertThat(set.labels().stream().filter(label -> label.severity() > 0).map(Label::id))
        .contains(
            "firearm",
            "knife",
            "explosives",
            "alcohol",
            "tobacco",
            "drugs",
            "pills",
            "syringe",
            "cannabis",
            "gambling",
            "nudity",
            "sexual-content",
            "violence",
            "gore",
            "hate-symbol",
            "self-harm");
    assertThat(set.labels()).hasSizeGreaterThan(55);
  }
}
