package dev.halcyon.clip;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.halcyon.clip.reference.Reference;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The shipped model, through decoding, preprocessing, tokenizer and runtime, gives the figures that
 * were measured when it was made ({@code starter-model/pinned}): what moves them shows here.
 */
class StarterModelFiguresTest {
  private static final Path PINNED =
      Path.of(System.getProperty("halcyon.home"), "starter-model", "pinned");

  @TempDir Path dir;

  @Test
  void givesTheFiguresItWasMeasuredWith() throws Exception {
    JsonNode expected = expected();
    assertThat(hashes(StarterModel.directory())).isEqualTo(expected.get("sha256"));
    Measured measured = measure(StarterModel.directory(), expected);
    assertThat(measured.differences()).isEmpty();
    assertThat(measured.right()).isGreaterThanOrEqualTo(expected.at("/top1/right").asInt());
  }

  @Test
  void noticesANormalisationThatIsNotTheModels() throws Exception {
    Path model = copy(dir.resolve("model"));
    Path file = model.resolve("preprocessor_config.json");
    ObjectNode config = (ObjectNode) new ObjectMapper().readTree(file.toFile());
    for (String key : List.of("image_mean", "image_std")) {
      config.putArray(key).add(0.45).add(0.45).add(0.45);
    }
    Files.writeString(file, config.toString());
    JsonNode expected = expected();
    assertThat(measure(model, expected).differences())
        .hasSizeGreaterThan(expected.get("images").size() / 2);
  }

  /**
   * How a model fares on the pinned set.
   *
   * @param differences what is further from its figure than the tolerance, a line each
   * @param right pictures whose truth is the best of all labels
   */
  private record Measured(List<String> differences, int right) {}

  private static Measured measure(Path directory, JsonNode expected) throws Exception {
    JsonNode tolerance = expected.get("tolerance");
    List<String> differences = new ArrayList<>();
    int right = 0;
    try (ClipModel model = ClipModel.open(directory, EngineSettings.defaults());
        ImageAnalyzer analyzer = model.analyzer(AnalyzerSettings.defaults())) {
      for (JsonNode text : expected.get("texts")) {
        String prompt = text.get("text").asText();
        double cosine =
            Reference.cosine(
                model.textEncoder().encode(List.of(prompt))[0], floats(text.get("embedding")));
        if (cosine < tolerance.get("text_cosine").asDouble()) {
          differences.add("%s: cosine with its figure is %.5f".formatted(prompt, cosine));
        }
      }
      List<String> names = new ArrayList<>();
      List<float[]> labels = new ArrayList<>();
      for (JsonNode label : expected.get("labels")) {
        names.add(label.get("label").asText());
        labels.add(mean(model.textEncoder().encode(strings(label.get("prompts")))));
      }
      for (JsonNode image : expected.get("images")) {
        String file = image.get("file").asText();
        float[] embedding = embed(analyzer, PINNED.resolve(file));
        double cosine = Reference.cosine(embedding, floats(image.get("embedding")));
        if (cosine < tolerance.get("image_cosine").asDouble()) {
          differences.add("%s: cosine with its figure is %.5f".formatted(file, cosine));
        }
        double[] scores =
            labels.stream().mapToDouble(label -> Reference.cosine(embedding, label)).toArray();
        for (JsonNode top : image.get("top")) {
          String name = top.get("label").asText();
          double off = scores[names.indexOf(name)] - top.get("cosine").asDouble();
          if (Math.abs(off) > tolerance.get("score").asDouble()) {
            differences.add("%s: %s is off by %.4f".formatted(file, name, off));
          }
        }
        right += names.get(best(scores)).equals(image.get("truth").asText()) ? 1 : 0;
      }
    }
    return new Measured(differences, right);
  }

  private static JsonNode expected() throws Exception {
    return new ObjectMapper().readTree(PINNED.resolve("expected.json").toFile());
  }

  private static JsonNode hashes(Path model) throws Exception {
    JsonNode files =
        new ObjectMapper().readTree(model.resolve("manifest.json").toFile()).get("files");
    ObjectNode hashes = new ObjectMapper().createObjectNode();
    for (var names = files.fieldNames(); names.hasNext(); ) {
      String name = names.next();
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(model.resolve(name)));
      hashes.put(name, HexFormat.of().formatHex(hash));
    }
    return hashes;
  }

  private static Path copy(Path to) throws Exception {
    Files.createDirectories(to);
    try (Stream<Path> files = Files.list(StarterModel.directory())) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(file.getFileName().toString()));
      }
    }
    // the sizes and hashes of the files as published no longer hold
    Path manifest = to.resolve("manifest.json");
    ObjectNode json = (ObjectNode) new ObjectMapper().readTree(manifest.toFile());
    json.remove("files");
    Files.writeString(manifest, json.toString());
    return to;
  }

  private static float[] embed(ImageAnalyzer analyzer, Path file) throws Exception {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file));
    return ((Evidence) analyzer.analyze(new ImageSource.Inline(bytes), TextAnalysis.OFF).get())
        .embedding();
  }

  private static List<String> strings(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false).map(JsonNode::asText).toList();
  }

  private static float[] floats(JsonNode array) {
    float[] values = new float[array.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = array.get(i).floatValue();
    }
    return values;
  }

  private static float[] mean(float[][] rows) {
    float[] sum = new float[rows[0].length];
    for (float[] row : rows) {
      for (int i = 0; i < sum.length; i++) {
        sum[i] += row[i];
      }
    }
    return sum;
  }

  private static int best(double[] scores) {
    int best = 0;
    for (int i = 1; i < scores.length; i++) {
      best = scores[i] > scores[best] ? i : best;
    }
    return best;
  }
}
