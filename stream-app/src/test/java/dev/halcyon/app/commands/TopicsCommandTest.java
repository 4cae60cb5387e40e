package dev.halcyon.app.commands;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.halcyon.app.broker.KafkaClients;
import dev.halcyon.app.broker.SharedBroker;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

final class TopicsCommandTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final String prefix = KafkaClients.unique("command");
  private Path config;

  private record Run(int exitCode, List<String> lines) {}

  @BeforeEach
  void write(@TempDir Path directory) throws Exception {
    config = directory.resolve("halcyon.yaml");
    Files.writeString(
        config,
        """
        kafka: {bootstrapServers: "no-such-host.invalid:9092"}
        topics:
          replicationFactor: 1
          partitions: 2
          uploads: %1$s-uploads
          tags: %1$s-tags
          alerts: %1$s-alerts
          rejects: %1$s-rejects
          evidence: %1$s-evidence
          biasReports: %1$s-bias
          biasCounts: %1$s-bias-counts
          labelConfig: %1$s-labels
          labelConfigHistory: %1$s-history
          labelConfigStatus: %1$s-status
        """
            .formatted(prefix));
  }

  @Test
  void createThenCheckIsAllWell() throws Exception {
    Run missing = run("check", "--json");
    assertThat(missing.exitCode()).isEqualTo(ExitCode.FAILED);
    assertThat(missing.lines()).hasSize(10);

    Run created = run("create", "--json");
    assertThat(created.exitCode()).isEqualTo(ExitCode.OK);
    JsonNode first = JSON.readTree(created.lines().get(0));
    assertThat(first.path("topic").asText()).isEqualTo(prefix + "-uploads");
    assertThat(first.path("state").asText()).isEqualTo("created");

    Run table = run("check");
    assertThat(table.exitCode()).isEqualTo(ExitCode.OK);
    assertThat(table.lines()).hasSize(12);
    assertThat(table.lines().get(2)).matches(prefix + "-uploads\\s+ok");
  }

  @Test
  void aWrongTopicFailsAndShowsTheRemedyOnALineOfItsOwn() {
    new KafkaClients(SharedBroker.bootstrapServers())
        .createTopic(prefix + "-labels", 1, Map.of("cleanup.policy", "delete"));

    Run created = run("create");
    assertThat(created.exitCode()).isEqualTo(ExitCode.FAILED);
    assertThat(created.lines())
        .anyMatch(line -> line.matches(prefix + "-labels\\s+wrong"))
        .anyMatch(line -> line.startsWith("    run kafka-configs.sh "));

    JsonNode labels =
        run("check", "--json").lines().stream()
            .map(TopicsCommandTest::json)
            .filter(line -> line.path("topic").asText().endsWith("-labels"))
            .findFirst()
            .orElseThrow();
    assertThat(labels.path("state").asText()).isEqualTo("wrong");
    assertThat(labels.path("problems").get(0).asText()).contains("cleanup.policy is delete");
  }

  private Run run(String subcommand, String... options) {
    StringWriter out = new StringWriter();
    CommandLine line = new CommandLine(new TopicsCommand()).setOut(new PrintWriter(out));
    line.setExecutionExceptionHandler(
        (exception, command, parsed) -> {
          throw exception;
        });
    List<String> arguments = new java.util.ArrayList<>(List.of(subcommand));
    arguments.addAll(List.of("--config", config.toString()));
    arguments.addAll(List.of("--bootstrap", SharedBroker.bootstrapServers()));
    arguments.addAll(List.of(options));
    int exitCode = line.execute(arguments.toArray(String[]::new));
    return new Run(exitCode, out.toString().lines().toList());
  }

  private static JsonNode json(String line) {
    try {
      return JSON.readTree(line);
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      throw new AssertionError(line, e);
    }
  }
}
