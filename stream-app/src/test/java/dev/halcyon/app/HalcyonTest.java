package dev.halcyon.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the program says to input it cannot use, and how it ends. */
class HalcyonTest {
  private static final int BAD_INPUT = 2;
  private static final String CAT = Home.resolve("samples/cat.jpg").toString();
  private static final String PACK =
      """
      name: pets
      title: Pets
      owner: tests
      groups:
        - {id: everyday, mode: independent, background: [a photo]}
      labels:
        - {id: cat, group: everyday, prompts: [%s], threshold: %s%s}
      """;

  @TempDir private Path folder;
  private final StringWriter said = new StringWriter();

  @ParameterizedTest
  @ValueSource(strings = {"demo", "run", "classify", "upload", "models", "config"})
  void everyCommandExplainsItself(String command) {
    assertThat(run(command, "--help")).isZero();
    assertThat(said.toString()).contains("Usage: halcyon " + command);
  }

  @Test
  void anUnknownCommandIsBadInput() {
    assertThat(run("dance")).isEqualTo(BAD_INPUT);
    assertThat(run()).isEqualTo(BAD_INPUT);
  }

  @Test
  void aFolderThatIsNotThereIsNamed() {
    assertThat(run("demo", "--images", "no/such")).isEqualTo(BAD_INPUT);
    assertThat(said.toString()).contains("no/such: no such folder");
  }

  @Test
  void anEmptyFolderIsNamed() {
    assertThat(run("demo", "--images", folder.toString())).isEqualTo(BAD_INPUT);
    assertThat(said.toString()).contains(folder + ": no image in it");
  }

  @Test
  void anUnknownFieldOfALabelFileIsNamedWithItsPath() throws IOException {
    Path file = pack("a cat", "0.5", ", colour: red");
    assertThat(run("classify", CAT, "--labels", file.toString())).isEqualTo(BAD_INPUT);
    assertThat(said.toString()).contains(file + ": labels[0].colour");
    assertThat(run("demo", "--labels", file.toString())).isEqualTo(BAD_INPUT);
  }

  @Test
  void aThresholdOutOfRangeIsNamedWithItsPathAndValue() throws IOException {
    Path file = pack("a cat", "1.7", "");
    assertThat(run("classify", CAT, "--labels", file.toString())).isEqualTo(BAD_INPUT);
    assertThat(said.toString()).contains(file + ": labels[0].threshold").contains("1.7");
  }

  @Test
  void aPromptOverTheModelsContextIsNamedWithItsPath() throws IOException {
    Path file = pack("cat ".repeat(200).strip(), "0.5", "");
    assertThat(run("classify", CAT, "--labels", file.toString())).isEqualTo(BAD_INPUT);
    assertThat(said.toString()).contains(file + ": labels[0].prompts[0]");
    assertThat(run("demo", "--labels", file.toString())).isEqualTo(BAD_INPUT);
  }

  @Test
  void aMissingFileOfAModelIsNamed() throws IOException {
    Path model = modelCopy();
    Files.delete(model.resolve("tokenizer.json"));
    assertThat(run("demo", "--model", model.toString())).isEqualTo(BAD_INPUT);
    assertThat(said.toString()).contains("tokenizer.json");
  }

  @Test
  void aFileOfAModelThatIsNotWhatItsManifestSaysIsNamed() throws IOException {
    Path model = modelCopy();
    Files.writeString(model.resolve("tokenizer.json"), "{}");
    assertThat(run("demo", "--model", model.toString())).isEqualTo(BAD_INPUT);
    assertThat(said.toString()).contains("tokenizer.json");
  }

  @Test
  void aBrokerThatDoesNotAnswerIsNamedWithinFifteenSeconds() throws IOException {
    Path config = folder.resolve("halcyon.yaml");
    Files.writeString(config, "kafka: {bootstrapServers: \"localhost:1\"}", UTF_8);
    long started = System.nanoTime();
    assertThat(run("run", "--config", config.toString())).isEqualTo(BAD_INPUT);
    assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(20));
    assertThat(said.toString()).contains("localhost:1");
  }

  @Test
  void aConfigurationThatCannotBeUsedIsNamed() {
    assertThat(run("run", "--config", "no/such.yaml")).isEqualTo(BAD_INPUT);
    assertThat(said.toString()).contains("no/such.yaml: no such file");
  }

  private int run(String... arguments) {
    PrintWriter out = new PrintWriter(said, true);
    return Halcyon.run(out, out, arguments);
  }

  private Path pack(String prompt, String threshold, String more) throws IOException {
    return Files.writeString(
        folder.resolve("pets.yaml"), PACK.formatted(prompt, threshold, more), UTF_8);
  }

  /** A model folder whose large files are links. */
  private Path modelCopy() throws IOException {
    Path model = Files.createDirectory(folder.resolve("model"));
    List<Path> files;
    try (Stream<Path> listed = Files.list(Home.resolve("starter-model/model"))) {
      files = listed.toList();
    }
    for (Path file : files) {
      Path copy = model.resolve(file.getFileName().toString());
      if (file.toString().endsWith(".onnx")) {
        Files.createSymbolicLink(copy, file);
      } else {
        Files.copy(file, copy);
      }
    }
    return model;
  }
}
