package dev.halcyon.bench;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;

/** A bench's command, run here with {@code --json}: the figures it prints. */
public final class JsonFigures {
  private JsonFigures() {}

  /** Runs a command that must end with 0. */
  public static List<JsonNode> of(Object command, String... arguments) throws IOException {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    PrintStream before = System.out;
    System.setOut(new PrintStream(printed, true, UTF_8));
    int code;
    try {
      code = new CommandLine(command).setCaseInsensitiveEnumValuesAllowed(true).execute(arguments);
    } finally {
      System.setOut(before);
    }
    assertThat(code).isZero();
    List<JsonNode> figures = new ArrayList<>();
    for (String line : printed.toString(UTF_8).lines().toList()) {
      figures.add(new ObjectMapper().readTree(line));
    }
    return figures;
  }
}
