package dev.halcyon.clip.tokenize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.halcyon.clip.ModelException;
import dev.halcyon.clip.reference.Reference;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PromptTokenizerTest {
  @TempDir Path dir;

  @ParameterizedTest
  @ValueSource(strings = {"tiny-clip", "tiny-siglip"})
  void idsAreThoseOfTheReference(String model) {
    Reference reference = Reference.read(model);
    assertThat(reference.prompts()).hasSize(300);
    try (PromptTokenizer tokenizer = open(model)) {
      for (Reference.Prompt prompt : reference.prompts()) {
        assertThat(tokenizer.encode(prompt.text())).as(prompt.text()).isEqualTo(prompt.ids());
      }
    }
  }

  @Test
  void paddingAndTruncationInTheFileDoNotCut() throws Exception {
    Path file = Reference.copyFile("tiny-clip", "tokenizer.json", dir.resolve("tokenizer.json"));
    ObjectMapper mapper = new ObjectMapper();
    ObjectNode json = (ObjectNode) mapper.readTree(file.toFile());
    json.putObject("truncation")
        .put("max_length", 8)
        .put("stride", 0)
        .put("strategy", "LongestFirst")
        .put("direction", "Right");
    json.putObject("padding")
        .put("direction", "Right")
        .putNull("pad_to_multiple_of")
        .put("pad_id", 0)
        .put("pad_type_id", 0)
        .put("pad_token", "!")
        .putObject("strategy")
        .put("Fixed", 8);
    mapper.writeValue(file.toFile(), json);
    try (PromptTokenizer tokenizer = PromptTokenizer.open(file, false)) {
      assertThat(tokenizer.encode("cat")).containsExactly(49406, 2368, 49407);
      assertThat(tokenizer.encode("cat ".repeat(50))).hasSize(52);
    }
  }

  @Test
  void lowerCasesWhereAsked() throws Exception {
    Path file = Reference.copyFile("tiny-clip", "tokenizer.json", dir.resolve("tokenizer.json"));
    ObjectMapper mapper = new ObjectMapper();
    ObjectNode json = (ObjectNode) mapper.readTree(file.toFile());
    json.putNull("normalizer");
    mapper.writeValue(file.toFile(), json);
    try (PromptTokenizer plain = PromptTokenizer.open(file, false);
        PromptTokenizer lower = PromptTokenizer.open(file, true)) {
      assertThat(lower.encode("A CAT")).isEqualTo(plain.encode("a cat"));
      assertThat(plain.encode("A CAT")).isNotEqualTo(plain.encode("a cat"));
    }
  }

  @Test
  void fileThatIsNoTokenizerIsNamed() throws Exception {
    Path file = Files.writeString(dir.resolve("tokenizer.json"), "{\"model\": {}}");
    assertThatThrownBy(() -> PromptTokenizer.open(file, false))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining(file + ": not a usable tokenizer");
  }

  private PromptTokenizer open(String model) {
    return PromptTokenizer.open(
        Reference.copyFile(model, "tokenizer.json", dir.resolve(model + ".json")), false);
  }
}
