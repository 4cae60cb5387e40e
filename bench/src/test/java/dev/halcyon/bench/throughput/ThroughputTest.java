package dev.halcyon.bench.throughput;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.fasterxml.jackson.databind.JsonNode;
import dev.halcyon.app.commands.ExitCode;
import dev.halcyon.app.speed.Spread;
import dev.halcyon.bench.JsonFigures;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The throughput bench in small: that it runs, and that a missed goal is seen. */
class ThroughputTest {
  @Test
  void deviceAndModelGiveTheirFigures() throws Exception {
    List<String> benches = new ArrayList<>();
    for (JsonNode figure :
        JsonFigures.of(new Throughput(), "--quick", "--json", "--only", "device,model")) {
      benches.add(figure.get("bench").asText());
      assertThat(figure.get("case").asText()).isNotEmpty();
      assertThat(figure.get("value").isNumber()).as(figure.toString()).isTrue();
      assertThat(figure.has("ceiling") && figure.has("ratio")).as(figure.toString()).isTrue();
    }
    assertThat(benches).contains("throughput/device", "throughput/model");
  }

  @Test
  void whatCannotBeMeasuredIsBadInputAndSaysWhatToDo(@TempDir Path empty) {
    for (String[] wrong :
        new String[][] {
          {"--model=" + empty.resolve("none"), "halcyon models pull"},
          {"--model=" + empty, "vision_model.onnx"},
          {"--shape=vit-b-1", "vit-b-32"},
          {"--only=all", "there are"}
        }) {
      StringWriter said = new StringWriter();
      CommandLine command =
          new CommandLine(new Throughput())
              .setCaseInsensitiveEnumValuesAllowed(true)
              .setErr(new PrintWriter(said));
      assertThat(command.execute(wrong[0])).isEqualTo(ExitCode.BAD_INPUT);
      assertThat(said.toString()).contains(wrong[1]);
    }
  }

  @Test
  void aProviderThatDoesNotWorkHereIsBadInput() {
    assumeFalse(Files.exists(Path.of("/dev/nvidia0")), "this machine has a GPU");
    StringWriter said = new StringWriter();
    int code =
        new CommandLine(new Throughput())
            .setCaseInsensitiveEnumValuesAllowed(true)
            .setErr(new PrintWriter(said))
            .execute("--provider=cuda", "--quick");
    assertThat(code).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(said.toString()).contains("provider cuda does not work here", "-Pgpu");
  }

  @Test
  void aMissedGoalIsAFailure() {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    Report report = new Report(new PrintStream(printed, true, UTF_8), false, false);
    report.add(share(0.98));
    assertThat(report.isFine()).isTrue();
    report.add(Figure.atMost("latency", "p99", "ms", Spread.of(List.of(81.0, 79.0, 90.0)), 80));
    assertThat(report.isFine()).isFalse();
    assertThat(printed.toString(UTF_8)).contains("≥ 0.97\n").contains("≤ 80.0 missed\n");
    report = new Report(new PrintStream(printed, true, UTF_8), true, false);
    report.add(share(0.96));
    assertThat(report.isFine()).isFalse();
  }

  private static Figure share(double ratio) {
    return new Figure(
        "device",
        "case",
        "images/s",
        Spread.of(3_200 * ratio),
        Optional.of(Spread.of(3_200)),
        Optional.of(Spread.of(ratio)),
        Optional.of(new Figure.Goal.ShareAtLeast(0.97)));
  }

  @Test
  void aSpreadIsMedianLeastAndGreatest() {
    assertThat(Spread.of(List.of(3.0, 1.0, 2.0))).isEqualTo(new Spread(2, 1, 3, 3));
    assertThat(Spread.of(List.of(4.0, 1.0, 2.0, 3.0)).median()).isEqualTo(2.5);
    double[] hundred = java.util.stream.IntStream.range(0, 100).asDoubleStream().toArray();
    assertThat(Spread.percentile(hundred, 0.99)).isEqualTo(99);
    assertThat(Spread.percentile(hundred, 0.5)).isEqualTo(50);
  }
}
