package dev.halcyon.bench.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.halcyon.app.Home;
import dev.halcyon.bench.shapes.Variant;
import dev.halcyon.bench.shapes.Variant.Attention;
import dev.halcyon.bench.shapes.Variant.Input;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The whole check on the CPU, with the starter model standing in for every graph. */
class GpuCheckTest {
  private static final List<Variant> VARIANTS =
      List.of(
          Variant.of("tiny"),
          new Variant("tiny", Attention.FUSED, Input.FP16),
          new Variant("tiny", Attention.SPELLED, Input.FP32),
          Variant.of("copy-tiny"),
          new Variant("copy-tiny", Attention.SPELLED, Input.FP32));

  @TempDir Path dir;

  @Test
  void everyFigureIsMeasured() throws Exception {
    Path starter = Home.resolve("starter-model/model");
    for (Variant variant : VARIANTS) {
      Files.createDirectories(
          variant.graph(dir, Variant.Precision.FP32, Variant.Tower.VISION).getParent());
      for (Variant.Precision precision : Variant.Precision.values()) {
        Files.copy(
            starter.resolve("vision_model.onnx"),
            variant.graph(dir, precision, Variant.Tower.VISION));
      }
      Files.copy(starter.resolve("preprocessor_config.json"), variant.preprocessing(dir));
    }
    Path saved = dir.resolve("figures.jsonl");

    int code =
        run(
            "--provider=cpu",
            "--quick",
            "--json",
            "--models=" + dir,
            "--batches=2",
            "--rounds=1",
            "--seconds=0.01",
            "--save=" + saved);

    assertThat(code).isZero();
    List<String> cases = new ArrayList<>();
    for (String line : Files.readAllLines(saved)) {
      JsonNode figure = new ObjectMapper().readTree(line);
      cases.add(figure.get("case").asText());
      if (figure.get("case").asText().equals("verify")) {
        assertThat(figure.get("cosine").asDouble()).isGreaterThan(0.999999);
      }
      if (figure.get("case").asText().equals("speed")) {
        assertThat(figure.get("value").asDouble()).isPositive();
        assertThat(figure.get("bareOneLane").asDouble()).isPositive();
        assertThat(figure.get("ratio").asDouble()).isPositive();
      }
    }
    assertThat(cases)
        .containsExactly(
            "machine",
            "verify",
            "verify",
            "open",
            "preprocess",
            "speed",
            "speed",
            "speed",
            "verify",
            "speed");
  }

  @Test
  void whatCannotBeUsedIsBadInput() {
    assertThat(run("--provider=auto")).isEqualTo(2);
    assertThat(run("--provider=cpu", "--pictures=big")).isEqualTo(2);
    assertThat(run("--provider=cpu", "--batches=0")).isEqualTo(2);
    assertThat(run("--provider=cpu", "--quick", "--models=" + dir, "--python=/no/python"))
        .isEqualTo(2);
  }

  private static int run(String... arguments) {
    return new CommandLine(new GpuCheck())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setErr(new java.io.PrintWriter(java.io.Writer.nullWriter()))
        .execute(arguments);
  }
}
