package dev.halcyon.clip.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.halcyon.clip.EngineSettings.Weights;
import dev.halcyon.clip.ModelException;
import dev.halcyon.clip.StarterModel;
import dev.halcyon.clip.model.ModelDirectory.Family;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelDirectoryTest {
  private static final String TOKENIZER =
      "{\"added_tokens\":[{\"id\":1,\"content\":\"<pad>\"}],\"model\":{\"vocab\":{}}}";

  @TempDir Path dir;

  @Test
  void readsTheShippedModel() {
    ModelDirectory model = ModelDirectory.open(StarterModel.directory());
    assertThat(model.id()).startsWith("halcyon-starter");
    assertThat(model.hash()).matches("[0-9a-f]{64}");
    assertThat(model.family()).isEqualTo(Family.CLIP);
    assertThat(model.dimensions()).isPresent();
  }

  @Test
  void hashIsTheHashOfTheSortedFileHashes() throws Exception {
    writeModel();
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    List.of("vision", "text", TOKENIZER, "{}").stream()
        .map(ModelDirectoryTest::sha256)
        .sorted()
        .forEach(hash -> digest.update((hash + "\n").getBytes(StandardCharsets.US_ASCII)));
    assertThat(ModelDirectory.open(dir).hash())
        .isEqualTo(HexFormat.of().formatHex(digest.digest()));
  }

  @Test
  void hashChangesWithEveryPartAndWithExternalWeights() throws Exception {
    writeModel();
    write("config.json", "{}");
    String before = ModelDirectory.open(dir).hash();
    write("config.json", "{\"model_type\": \"clip\"}");
    assertThat(ModelDirectory.open(dir).hash()).as("no part of the model").isEqualTo(before);
    for (String part : List.of("vision_model.onnx", "text_model.onnx", "vision_model.onnx_data")) {
      write(part, "other " + part);
      String after = ModelDirectory.open(dir).hash();
      assertThat(after).as(part).isNotEqualTo(before);
      before = after;
    }
  }

  @Test
  void missingFileIsNamedWithARemedy() throws Exception {
    writeModel();
    for (String name :
        List.of(
            "vision_model.onnx", "text_model.onnx", "tokenizer.json", "preprocessor_config.json")) {
      byte[] content = Files.readAllBytes(dir.resolve(name));
      Files.delete(dir.resolve(name));
      assertThatThrownBy(() -> ModelDirectory.open(dir))
          .isInstanceOf(ModelException.class)
          .hasMessageContaining(dir.resolve(name).toString())
          .hasMessageContaining("copy or fetch the model again");
      Files.write(dir.resolve(name), content);
    }
    ModelDirectory.open(dir);
  }

  @Test
  void missingDirectoryIsNamed() {
    assertThatThrownBy(() -> ModelDirectory.open(dir.resolve("gone")))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("gone: no such directory");
  }

  @Test
  void changedFileIsNamedWithBothHashes() throws Exception {
    writeModel();
    writeManifest(json -> {});
    ModelDirectory.open(dir);
    write("text_model.onnx", "tEXt");
    assertThatThrownBy(() -> ModelDirectory.open(dir))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("text_model.onnx: SHA-256 is " + sha256("tEXt"))
        .hasMessageContaining("manifest.json says " + sha256("text"));
  }

  @Test
  void truncatedFileIsNamedWithItsSize() throws Exception {
    writeModel();
    writeManifest(
        json ->
            json.withObjectProperty("files")
                .withObjectProperty("vision_model.onnx")
                .put("bytes", 7));
    assertThatThrownBy(() -> ModelDirectory.open(dir))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("vision_model.onnx: has 6 bytes, manifest.json says 7");
  }

  @Test
  void listedFileThatIsGoneAndPartThatIsNotListedAreNamed() throws Exception {
    writeModel();
    writeManifest(
        json ->
            json.withObjectProperty("files").putObject("CARD.md").put("sha256", sha256("no card")));
    assertThatThrownBy(() -> ModelDirectory.open(dir))
        .hasMessageContaining("CARD.md: no such file, but manifest.json lists it");
    writeManifest(json -> json.withObjectProperty("files").remove("tokenizer.json"));
    assertThatThrownBy(() -> ModelDirectory.open(dir))
        .hasMessageContaining("files does not list tokenizer.json");
  }

  @Test
  void manifestCannotLeadOutOfTheDirectory() throws Exception {
    writeModel();
    writeManifest(
        json ->
            json.withObjectProperty("files")
                .putObject("../secret")
                .put("sha256", sha256("secret")));
    assertThatThrownBy(() -> ModelDirectory.open(dir)).hasMessageContaining("leaves the directory");
  }

  @Test
  void damagedManifestIsNamed() throws Exception {
    writeModel();
    write("manifest.json", "{\"id\": ");
    assertThatThrownBy(() -> ModelDirectory.open(dir))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("manifest.json: not JSON");
    writeManifest(json -> json.put("logitScale", 0));
    assertThatThrownBy(() -> ModelDirectory.open(dir))
        .hasMessageContaining("logitScale 0.0 is outside (0, 1000]");
  }

  @Test
  void manifestGoesBeforeConfigFiles() throws Exception {
    writeModel();
    write(
        "config.json",
        "{\"projection_dim\": 512, \"text_config\": {\"max_position_embeddings\": 77}}");
    assertThat(ModelDirectory.open(dir).dimensions()).hasValue(512);
    assertThat(ModelDirectory.open(dir).prompts().contextLength()).hasValue(77);
    assertThat(ModelDirectory.open(dir).logitScale()).isEqualTo(100f);
    writeManifest(
        json ->
            json.put("embeddingDimensions", 8)
                .put("contextLength", 9)
                .put("logitScale", 15)
                .put("padTokenId", 0)
                .put("promptPadding", "longest"));
    ModelDirectory model = ModelDirectory.open(dir);
    assertThat(model.dimensions()).hasValue(8);
    assertThat(model.prompts())
        .isEqualTo(
            new PromptConvention(
                java.util.OptionalInt.of(9), 0, PromptConvention.Padding.LONGEST, false));
    assertThat(model.logitScale()).isEqualTo(15f);
  }

  @Test
  void readsOptimumExportsWithTheWeightsAskedFor() throws Exception {
    for (String suffix : List.of("", "_fp16", "_quantized")) {
      write("onnx/vision_model" + suffix + ".onnx", "vision" + suffix);
      write("onnx/text_model" + suffix + ".onnx", "text" + suffix);
    }
    write("tokenizer.json", TOKENIZER);
    write("preprocessor_config.json", "{}");
    assertThat(ModelDirectory.open(dir).visionModel())
        .isEqualTo(dir.resolve("onnx/vision_model.onnx"));
    assertThat(ModelDirectory.open(dir, Weights.FP16).textModel())
        .isEqualTo(dir.resolve("onnx/text_model_fp16.onnx"));
    assertThat(ModelDirectory.open(dir, Weights.INT8).textModel())
        .isEqualTo(dir.resolve("onnx/text_model_quantized.onnx"));
  }

  @Test
  void weightsThatAreNotThereAreNamed() throws Exception {
    writeModel();
    assertThatThrownBy(() -> ModelDirectory.open(dir, Weights.FP16))
        .hasMessageContaining("vision_model_fp16.onnx: no such file");
  }

  @Test
  void readsImmichExports() throws Exception {
    write("visual/model.onnx", "vision");
    write("visual/preprocess_cfg.json", "{}");
    write("textual/model.onnx", "text");
    write("textual/tokenizer.json", TOKENIZER);
    write("textual/tokenizer_config.json", "{\"pad_token\": \"<pad>\", \"model_max_length\": 77}");
    write("config.json", "{\"embed_dim\": 512, \"text_cfg\": {\"context_length\": 77}}");
    ModelDirectory model = ModelDirectory.open(dir);
    assertThat(model.dimensions()).hasValue(512);
    assertThat(model.preprocessing()).isEqualTo(dir.resolve("visual/preprocess_cfg.json"));
    assertThat(model.prompts().contextLength()).hasValue(77);
    assertThat(model.prompts().padTokenId()).isEqualTo(1);
  }

  @Test
  void sigmoidModelNeedsItsScaleStated() throws Exception {
    writeModel();
    write("config.json", "{\"model_type\": \"siglip\"}");
    assertThatThrownBy(() -> ModelDirectory.open(dir))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("logitScale")
        .hasMessageContaining("write manifest.json");
    writeManifest(json -> json.put("logitScale", 117.3).put("logitBias", -12.9));
    ModelDirectory model = ModelDirectory.open(dir);
    assertThat(model.family()).isEqualTo(Family.SIGLIP);
    assertThat(model.logitScale()).isEqualTo(117.3f);
    assertThat(model.logitBias()).isEqualTo(-12.9f);
  }

  @Test
  void openClipsAndImmichsSigmoidModelsAreKnownByTheirBias() throws Exception {
    writeModel();
    write("open_clip_config.json", "{\"model_cfg\": {\"embed_dim\": 8, \"init_logit_bias\": -10}}");
    assertThatThrownBy(() -> ModelDirectory.open(dir)).hasMessageContaining("logitScale");
    Files.delete(dir.resolve("open_clip_config.json"));
    assertThat(ModelDirectory.open(dir).family()).isEqualTo(Family.CLIP);
    write("config.json", "{\"embed_dim\": 768, \"init_logit_bias\": -10}");
    assertThatThrownBy(() -> ModelDirectory.open(dir)).hasMessageContaining("logitScale");
  }

  @Test
  void aScaleThatNoFileStatesIsCalledAnAssumption() throws Exception {
    writeModel();
    assertThat(ModelDirectory.open(dir).readings())
        .filteredOn(Reading::assumed)
        .singleElement()
        .satisfies(
            reading -> {
              assertThat(reading.what()).isEqualTo("logit scale");
              assertThat(reading.value()).isEqualTo("100.0");
              assertThat(reading.from()).contains("no file states it").contains("manifest.json");
            });
    writeManifest(json -> json.put("logitScale", 15));
    assertThat(ModelDirectory.open(dir).readings()).noneMatch(Reading::assumed);
    assertThat(ModelDirectory.open(dir).files())
        .extracting(ModelFile::path)
        .containsExactly(
            "preprocessor_config.json", "text_model.onnx", "tokenizer.json", "vision_model.onnx");
  }

  @Test
  void paddingTokenThatNoFileNamesIsAskedFor() throws Exception {
    writeModel();
    write("tokenizer.json", "{\"model\": {\"vocab\": {\"a\": 0}}}");
    assertThatThrownBy(() -> ModelDirectory.open(dir)).hasMessageContaining("\"padTokenId\"");
  }

  private void writeModel() throws IOException {
    write("vision_model.onnx", "vision");
    write("text_model.onnx", "text");
    write("tokenizer.json", TOKENIZER);
    write("preprocessor_config.json", "{}");
  }

  private void writeManifest(Consumer<ObjectNode> edit) throws IOException {
    ObjectNode json = new ObjectMapper().createObjectNode().put("id", "tiny");
    for (String name :
        List.of(
            "vision_model.onnx", "text_model.onnx", "tokenizer.json", "preprocessor_config.json")) {
      String content = Files.readString(dir.resolve(name));
      json.withObjectProperty("files")
          .putObject(name)
          .put("sha256", sha256(content))
          .put("bytes", content.length());
    }
    edit.accept(json);
    write("manifest.json", json.toString());
  }

  private void write(String name, String content) throws IOException {
    Path file = dir.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
  }

  private static String sha256(String content) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256")
                  .digest(content.getBytes(StandardCharsets.UTF_8)));
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
