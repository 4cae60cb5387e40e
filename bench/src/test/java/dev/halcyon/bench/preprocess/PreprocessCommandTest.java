package dev.halcyon.bench.preprocess;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.halcyon.app.commands.ExitCode;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
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
    String line =
        printed.toString(UTF_8).lines().filter(text -> text.startsWith("{")).findFirst().orElse("");
    JsonNode figure = new ObjectMapper().readTree(line);
    assertThat(figure.get("value").asDouble()).isPositive();
    assertThat(figure.get("imageIo").asDouble()).isPositive();
    assertThat(figure.get("cosine").asDouble()).isBetween(0.9999, 1.0001);
  }
}
