package dev.halcyon.bench.preprocess;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.halcyon.app.commands.ExitCode;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import picocli.CommandLine;

/** The preprocessing bench in small: that it runs and gives its figures. */
@ResourceLock(Resources.SYSTEM_PROPERTIES)
class PreprocessCommandTest {
  @Test
  void everyWayIsMeasured() throws Exception {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    PrintStream before = System.out;
    System.setProperty("halcyon.home", Path.of("..").toAbsolutePath().normalize().toString());
    System.setOut(new PrintStream(printed, true, UTF_8));
    int code;
    try {
      code = new CommandLine(new PreprocessCommand()).execute("--quick", "--json");
    } finally {
      System.setOut(before);
      System.clearProperty("halcyon.home");
    }
    assertThat(code).isEqualTo(ExitCode.OK);
    List<JsonNode> figures = new ArrayList<>();
    for (String line : printed.toString(UTF_8).lines().filter(t -> t.startsWith("{")).toList()) {
      figures.add(new ObjectMapper().readTree(line));
    }
    assertThat(figures).hasSize(2);
    assertThat(figures.get(0).get("value").asDouble()).isPositive();
    assertThat(figures.get(0).get("imageIo").asDouble()).isPositive();
    // A picture of this size is not decoded smaller: only arithmetic that rounds less differs.
    assertThat(figures.get(1).get("value").asDouble()).isCloseTo(1, within(1e-6));
    assertThat(figures.get(1).get("levels").asDouble()).isZero();
    assertThat(figures.get(1).get("exactResize").asDouble()).isBetween(0.99, 0.9999999);
  }
}
