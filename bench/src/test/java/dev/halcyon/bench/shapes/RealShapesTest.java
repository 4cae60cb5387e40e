package dev.halcyon.bench.shapes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.halcyon.app.Home;
import dev.halcyon.bench.JsonFigures;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class RealShapesTest {
  private static final String STARTER = Home.resolve("starter-model/model").toString();

  @TempDir Path dir;

  @Test
  void modelDirectoryIsMeasured() throws Exception {
    Path saved = dir.resolve("figures.jsonl");
    int code =
        run(
            "--quick",
            "--json",
            "--directory=" + STARTER,
            "--images=" + Home.resolve("samples"),
            "--batches=2",
            "--threads=1",
            "--rounds=1",
            "--seconds=0.01",
            "--save=" + saved);
    assertThat(code).isZero();
    List<String> lines = Files.readAllLines(saved);
    assertThat(lines).hasSize(1);
    JsonNode figure = new ObjectMapper().readTree(lines.get(0));
    for (String name : List.of("ceiling", "value", "ratio", "startSeconds")) {
      assertThat(figure.get(name).asDouble()).as(name).isPositive();
    }
  }

  @Test
  void whatWouldTakeTooLongIsListedAsLeftOut() throws Exception {
    List<JsonNode> figures =
        JsonFigures.of(
            new RealShapes(),
            "--json",
            "--directory=" + STARTER,
            "--batches=1,1024",
            "--threads=1",
            "--seconds=0.01",
            "--limit=2s");
    assertThat(figures).hasSize(2);
    assertThat(figures.get(0).get("value").asDouble()).isPositive();
    assertThat(figures.get(1).get("value").isNull()).isTrue();
    assertThat(figures.get(1).get("leftOutSeconds").asDouble()).isGreaterThan(2);
  }

  @Test
  void whatIsNotThereIsBadInput() {
    assertThat(run("--directory=" + STARTER, "--precisions=int8", "--batches=0")).isEqualTo(2);
    assertThat(run("--directory=" + dir)).isEqualTo(2);
    assertThat(run("--shapes=vit-b-1")).isEqualTo(2);
    assertThat(run("--quick", "--limit=soon")).isEqualTo(2);
    assertThat(run("--quick", "--rounds=0")).isEqualTo(2);
    assertThat(run("--directory=" + STARTER, "--images=" + dir)).isEqualTo(2);
  }

  @Test
  void likenessIsOfTheWorstPicture() {
    Likeness likeness = Likeness.of(new float[][] {{1, 0}, {3, 4}}, new float[][] {{1, 0}, {5, 0}});
    assertThat(likeness.cosine()).isCloseTo(0.6, within(1e-9));
    assertThat(likeness.meanCosine()).isCloseTo(0.8, within(1e-9));
    assertThat(likeness.error()).isCloseTo(Math.sqrt(20) / 5, within(1e-9));
  }

  private static int run(String... arguments) {
    return new CommandLine(new RealShapes())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setErr(new java.io.PrintWriter(java.io.Writer.nullWriter()))
        .execute(arguments);
  }
}
