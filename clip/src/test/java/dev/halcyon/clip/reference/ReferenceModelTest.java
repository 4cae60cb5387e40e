package dev.halcyon.clip.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.halcyon.clip.AnalyzerSettings;
import dev.halcyon.clip.ClipModel;
import dev.halcyon.clip.EngineSettings;
import dev.halcyon.clip.EngineSettings.Weights;
import dev.halcyon.clip.Evidence;
import dev.halcyon.clip.ImageAnalyzer;
import dev.halcyon.clip.ImageSource;
import dev.halcyon.clip.ModelException;
import dev.halcyon.clip.ModelIdentity;
import dev.halcyon.clip.TextAnalysis;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Models opened as their authors publish them give what the reference implementations give: from
 * the string and the PNG file to the logit.
 */
class ReferenceModelTest {
  private static final double LEAST_COSINE = 0.9999;
  private static final float LOGIT_TOLERANCE = 0.01f;

  @TempDir Path dir;

  @ParameterizedTest
  @ValueSource(strings = {"tiny-clip", "tiny-siglip"})
  void agreesFromStringsAndFilesToLogits(String name) throws Exception {
    Reference reference = Reference.read(name);
    try (ClipModel model = open(Reference.copyModel(name, dir));
        ImageAnalyzer analyzer = model.analyzer(AnalyzerSettings.defaults())) {
      ModelIdentity identity = model.identity();
      assertThat(identity.dimensions()).isEqualTo(reference.dimensions());
      assertThat(model.textEncoder().contextLength()).isEqualTo(reference.contextLength());

      List<String> readable = new ArrayList<>();
      List<Integer> rows = new ArrayList<>();
      for (int row = 0; row < reference.prompts().size(); row++) {
        Reference.Prompt prompt = reference.prompts().get(row);
        if (reference.isReadable(prompt)) {
          readable.add(prompt.text());
          rows.add(row);
        } else {
          assertThatThrownBy(() -> model.textEncoder().encode(List.of(prompt.text())))
              .isInstanceOf(IllegalArgumentException.class)
              .hasMessageContaining("shorten it");
        }
      }
      assertThat(readable.size()).isBetween(280, 299);
      float[][] texts = model.textEncoder().encode(readable);
      for (int i = 0; i < texts.length; i++) {
        assertThat(Reference.cosine(texts[i], reference.textEmbeds()[rows.get(i)]))
            .as(readable.get(i))
            .isGreaterThan(LEAST_COSINE);
      }

      for (int image = 0; image < reference.images().size(); image++) {
        Evidence evidence = analyze(analyzer, reference.images().get(image));
        assertThat(Reference.cosine(evidence.embedding(), reference.imageEmbeds()[image]))
            .as("image " + image)
            .isGreaterThan(LEAST_COSINE);
        for (int i = 0; i < texts.length; i++) {
          float logit =
              (float)
                  (identity.logitScale() * Reference.cosine(evidence.embedding(), texts[i])
                      + identity.logitBias());
          assertThat(logit)
              .as("image " + image + ", " + readable.get(i))
              .isCloseTo(reference.logits()[image][rows.get(i)], within(LOGIT_TOLERANCE));
        }
      }
    }
  }

  /** A comparison that cannot fail shows nothing: mixed-up rows would be noticed. */
  @Test
  void embeddingsDifferByMoreThanTheTolerance() {
    for (String name : Reference.MODELS) {
      Reference reference = Reference.read(name);
      assertThat(shareOfPairsBelow(LEAST_COSINE, reference.textEmbeds())).isGreaterThan(0.95);
      assertThat(shareOfPairsBelow(LEAST_COSINE, reference.imageEmbeds())).isEqualTo(1);
    }
  }

  private static double shareOfPairsBelow(double cosine, float[][] embeddings) {
    int pairs = 0;
    int below = 0;
    for (int i = 0; i < embeddings.length; i++) {
      for (int j = 0; j < i; j++) {
        pairs++;
        below += Reference.cosine(embeddings[i], embeddings[j]) < cosine ? 1 : 0;
      }
    }
    return below / (double) pairs;
  }

  @Test
  void readsOptimumsFoldersAndTheWeightsAskedFor() throws Exception {
    Reference reference = Reference.read("tiny-clip");
    for (String file : List.of("tokenizer.json", "preprocessor_config.json", "config.json")) {
      Reference.copyFile("tiny-clip", file, dir.resolve(file));
    }
    for (String suffix : List.of("", "_fp16", "_quantized")) {
      Reference.copyFile(
          "tiny-clip",
          "vision_model" + suffix + ".onnx",
          dir.resolve("onnx/vision_model" + suffix + ".onnx"));
      Reference.copyFile(
          "tiny-clip", "text_model.onnx", dir.resolve("onnx/text_model" + suffix + ".onnx"));
    }
    List<String> hashes = new ArrayList<>();
    for (Weights weights : Weights.values()) {
      try (ClipModel model = ClipModel.open(dir, settings(weights));
          ImageAnalyzer analyzer = model.analyzer(AnalyzerSettings.defaults())) {
        hashes.add(model.identity().hash());
        Evidence evidence = analyze(analyzer, reference.images().get(1));
        assertThat(Reference.cosine(evidence.embedding(), reference.imageEmbeds()[1]))
            .as(weights.toString())
            .isGreaterThan(weights == Weights.INT8 ? 0.98 : LEAST_COSINE);
      }
    }
    assertThat(hashes).doesNotHaveDuplicates();
  }

  /** Immich's files: fixed batch, ids in int32, names of its own, open_clip's preprocessing. */
  @Test
  void readsImmichsFolders() throws Exception {
    Reference reference = Reference.read("tiny-clip");
    Reference.copyFile("tiny-clip", "vision_model_fixed.onnx", dir.resolve("visual/model.onnx"));
    Reference.copyFile(
        "tiny-clip", "text_model_int32_fixed.onnx", dir.resolve("textual/model.onnx"));
    Reference.copyFile("tiny-clip", "tokenizer.json", dir.resolve("textual/tokenizer.json"));
    Reference.copyFile(
        "tiny-clip", "tokenizer_config.json", dir.resolve("textual/tokenizer_config.json"));
    Files.writeString(
        dir.resolve("visual/preprocess_cfg.json"),
        """
        {"size": [32, 32], "mode": "RGB", "mean": [0.48145466, 0.4578275, 0.40821073],
         "std": [0.26862954, 0.26130258, 0.27577711], "interpolation": "bicubic",
         "resize_mode": "shortest", "fill_color": 0}
        """);
    try (ClipModel model = open(dir);
        ImageAnalyzer analyzer = model.analyzer(AnalyzerSettings.defaults())) {
      assertThat(model.textEncoder().contextLength()).isEqualTo(77);
      for (int image = 0; image < 2; image++) {
        Evidence evidence = analyze(analyzer, reference.images().get(image));
        assertThat(Reference.cosine(evidence.embedding(), reference.imageEmbeds()[image]))
            .isGreaterThan(LEAST_COSINE);
      }
      float[][] texts =
          model
              .textEncoder()
              .encode(
                  reference.prompts().subList(0, 5).stream().map(Reference.Prompt::text).toList());
      for (int i = 0; i < texts.length; i++) {
        assertThat(Reference.cosine(texts[i], reference.textEmbeds()[i]))
            .isGreaterThan(LEAST_COSINE);
      }
    }
  }

  @Test
  void encodersOfDifferentModelsAreRefused() throws Exception {
    Reference.copyModel("tiny-clip", dir);
    Reference.copyFile("tiny-siglip", "vision_model.onnx", dir.resolve("vision_model.onnx"));
    assertThatThrownBy(() -> open(dir))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("vision_model.onnx: gives embeddings of 16 values")
        .hasMessageContaining("12");
  }

  @Test
  void textGraphInPlaceOfTheImageGraphIsRefused() throws Exception {
    Reference.copyModel("tiny-siglip", dir);
    Files.copy(
        dir.resolve("text_model.onnx"),
        dir.resolve("vision_model.onnx"),
        java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    assertThatThrownBy(() -> open(dir))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("expected one input of pictures");
  }

  private static ClipModel open(Path directory) {
    return ClipModel.open(directory, settings(Weights.DEFAULT));
  }

  private static EngineSettings settings(Weights weights) {
    EngineSettings d = EngineSettings.defaults();
    return new EngineSettings(
        d.provider(), 0, weights, 1, 1, 8, d.linger(), d.runTimeout(), d.memoryPattern());
  }

  private static Evidence analyze(ImageAnalyzer analyzer, byte[] png) throws Exception {
    return (Evidence)
        analyzer.analyze(new ImageSource.Inline(ByteBuffer.wrap(png)), TextAnalysis.OFF).get();
  }
}
