package dev.halcyon.app.commands;

import static org.assertj.core.api.Assertions.assertThat;

import dev.halcyon.app.broker.KafkaClients;
import dev.halcyon.app.broker.SharedBroker;
import dev.halcyon.events.wire.EmbeddedRegistry;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What the chart and the compose file run before the program: again and again, to no harm. */
final class SetupTest {
  private static final String PACK =
      """
      name: pets
      title: %s
      owner: tests
      groups:
        - id: everyday
          mode: independent
          background: [a photo, a street, food, a person]
      labels:
        - id: cat
          group: everyday
          prompts: [a cat]
          threshold: 0.5
      """;

  private record Run(int exitCode, String out) {}

  @Test
  void topicsAndLabelSetsAreThereAfterOneRunAndUntouchedByTheNext(@TempDir Path directory)
      throws Exception {
    String prefix = KafkaClients.unique("setup");
    try (EmbeddedRegistry registry = EmbeddedRegistry.start()) {
      Path config = directory.resolve("halcyon.yaml");
      Files.writeString(
          config,
          """
          kafka: {bootstrapServers: "%1$s"}
          serdes: {properties: {schema.registry.url: "%2$s"}}
          topics:
            replicationFactor: 1
            partitions: 1
            uploads: %3$s-uploads
            tags: %3$s-tags
            alerts: %3$s-alerts
            rejects: %3$s-rejects
            evidence: %3$s-evidence
            labelConfig: %3$s-labels
            labelConfigHistory: %3$s-history
            labelConfigStatus: %3$s-status
          """
              .formatted(SharedBroker.bootstrapServers(), registry.url(), prefix));
      Path pack = directory.resolve("pets.yaml");
      Files.writeString(pack, PACK.formatted("Pets"));

      assertThat(run(new TopicsCommand(), config, "create").exitCode()).isEqualTo(ExitCode.OK);
      Run first = apply(config, pack);
      assertThat(first.exitCode()).isEqualTo(ExitCode.OK);
      assertThat(first.out()).contains("pets: version 1");

      Files.writeString(pack, PACK.formatted("Pets of the chart's next release"));
      assertThat(run(new TopicsCommand(), config, "create").exitCode()).isEqualTo(ExitCode.OK);
      Run second = apply(config, pack);
      assertThat(second.exitCode()).isEqualTo(ExitCode.OK);
      assertThat(second.out()).contains("pets: version 1 is in force and stays");
      assertThat(run(new LabelsCommand(), config, "get", "pets").out())
          .contains("title: Pets\n")
          .doesNotContain("next release");
    }
  }

  private static Run apply(Path config, Path pack) {
    return run(
        new LabelsCommand(),
        config,
        "apply",
        pack.toString(),
        "--if-absent",
        "--reason",
        "release");
  }

  private static Run run(Object command, Path config, String... arguments) {
    StringWriter out = new StringWriter();
    CommandLine line = new CommandLine(command).setOut(new PrintWriter(out));
    line.setExecutionExceptionHandler(
        (exception, failed, parsed) -> {
          throw exception;
        });
    List<String> all = new ArrayList<>(Arrays.asList(arguments));
    all.addAll(List.of("--config", config.toString()));
    return new Run(line.execute(all.toArray(String[]::new)), out.toString());
  }
}
