package dev.halcyon.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.halcyon.app.broker.KafkaClients;
import dev.halcyon.app.broker.SharedBroker;
import dev.halcyon.app.config.AppConfig;
import dev.halcyon.app.config.ConfigLoader;
import dev.halcyon.app.labels.GateWaiver;
import dev.halcyon.app.labels.LabelSetStore;
import dev.halcyon.app.topology.Topics;
import dev.halcyon.app.topology.TopicsAdmin;
import dev.halcyon.events.LabelSetRecord;
import dev.halcyon.events.wire.EmbeddedRegistry;
import dev.halcyon.events.wire.EventSerdes;
import dev.halcyon.labels.LabelSet;
import dev.halcyon.labels.LabelSetReader;
import dev.halcyon.labels.ReadResult;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The publish gate on a real broker and with a real model, by the command line alone. */
class GateTest {
  /** A label of an animal people have been called, and nothing that a child competes for. */
  private static final String PACK =
      """
      name: %s
      owner: tests
      groups:
        - {id: animals, mode: exclusive, background: [a person%s]}
        - {id: things, background: [a photo]}
      labels:
        - {id: monkey, group: animals, prompts: [a monkey]}
        - {id: book, group: things, prompts: [a book], threshold: %s}
      """;

  @TempDir private static Path folder;
  private static EmbeddedRegistry registry;
  private static Path config;
  private static AppConfig app;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeAll
  static void start() throws IOException {
    registry = EmbeddedRegistry.start();
    String prefix = KafkaClients.unique("gate");
    config = folder.resolve("halcyon.yaml");
    Files.writeString(
        config,
        """
        kafka: {bootstrapServers: "%s"}
        topics:
          labelConfig: %s-config
          labelConfigHistory: %s-history
          labelConfigStatus: %s-status
          partitions: 1
          replicationFactor: 1
        serdes: {properties: {schema.registry.url: "%s"}}
        """
            .formatted(SharedBroker.bootstrapServers(), prefix, prefix, prefix, registry.url()));
    app = new ConfigLoader().load(config, Map.of());
    try (TopicsAdmin admin = TopicsAdmin.connect(app.kafka())) {
      admin.create(Topics.of(app.topics(), app.images().maxBytes()));
    }
  }

  @AfterAll
  static void stop() {
    registry.close();
  }

  @Test
  void aChangeBeyondItsLimitsIsRefusedAndNothingIsWritten() throws IOException {
    assertThat(labels("apply", pack("refused", "", "0.5"), "--reason", "first")).isEqualTo(1);
    assertThat(err.toString().replaceAll("\\s+", " "))
        .contains("BEYOND monkey, no-alternative")
        .contains("a child")
        .contains("To do: add \"a child\" to the background of group animals")
        .contains("nothing was written");
    assertThat(labels("history", "refused")).isEqualTo(2);
    // The negative control: with the remedy it passes, and nothing is waived.
    assertThat(labels("apply", pack("refused", ", a child", "0.5"), "--reason", "first")).isZero();
    assertThat(labels("history", "refused", "--json")).isZero();
    assertThat(out.toString()).contains("\"waiver\":\"\"");
  }

  @Test
  void aWaiverNeedsWhoWhyAndUntilWhenAndIsInTheHistory() throws IOException {
    String file = pack("waived", "", "0.5");
    assertThat(labels("apply", file, "--reason", "first", "--waiver-by", "ann")).isEqualTo(2);
    assertThat(err.toString()).contains("all three");
    assertThat(waived(file, "2020-01-01", "--reason", "first")).isEqualTo(2);
    assertThat(err.toString()).contains("is over");

    String until = LocalDate.now(java.time.ZoneOffset.UTC).plusDays(1).toString();
    assertThat(waived(file, until, "--reason", "first")).isZero();
    assertThat(labels("history", "waived", "--json")).isZero();
    assertThat(out.toString())
        .contains("ann until " + until + ": only zoo pictures (monkey: no-alternative)");
    // A label that is as it was is not judged again: the next change needs no waiver.
    assertThat(
            labels("apply", pack("waived", "", "0.6"), "--based-on", "1", "--reason", "stricter"))
        .isZero();
    assertThat(labels("rollback", "waived", "--to", "1", "--reason", "back")).isZero();
    assertThat(labels("history", "waived", "--json")).isZero();
    assertThat(out.toString().lines().findFirst().orElseThrow())
        .as("a rollback brings its waiver along")
        .contains("\"version\":3")
        .contains("ann until " + until);
  }

  @Test
  void whatPassedUnderAWaiverIsJudgedAgainOnceItIsOver() throws IOException {
    String name = "expired";
    publishWaived(name, LocalDate.now(java.time.ZoneOffset.UTC).minusDays(1));
    assertThat(labels("apply", pack(name, "", "0.6"), "--based-on", "1", "--reason", "x"))
        .isEqualTo(1);
    assertThat(err.toString()).contains("monkey, no-alternative");
  }

  /** Publishes as somebody did whose waiver is over by now. */
  private static void publishWaived(String name, LocalDate until) throws IOException {
    LabelSet set =
        ((ReadResult.Read) LabelSetReader.read(Path.of(pack(name, "", "0.5")))).labelSet();
    try (EventSerdes serdes =
        new EventSerdes(
            app.serdes().serializer(),
            app.serdes().deserializer(),
            app.serdes().clientProperties())) {
      new LabelSetStore(
              new LabelSetStore.Settings(
                  app.kafka().clientProperties(),
                  app.topics().labelConfig(),
                  app.topics().labelConfigHistory(),
                  app.labels().loadTimeout()),
              serdes.decoder(LabelSetRecord.class),
              serdes.values(LabelSetRecord.class).serializer(),
              Clock.systemUTC())
          .publish(
              new LabelSetStore.Change(
                  set,
                  Optional.empty(),
                  "ann",
                  "first",
                  Optional.empty(),
                  Optional.of(
                      new GateWaiver("ann", "zoo", until, List.of("monkey: no-alternative")))));
    }
  }

  private int waived(String file, String until, String... more) {
    List<String> line =
        new ArrayList<>(
            List.of(
                "apply",
                file,
                "--waiver-by",
                "ann",
                "--waiver-reason",
                "only zoo pictures",
                "--waiver-until",
                until));
    line.addAll(List.of(more));
    return labels(line.toArray(String[]::new));
  }

  private static String pack(String name, String background, String threshold) throws IOException {
    return Files.writeString(
            folder.resolve(name + ".yaml"), PACK.formatted(name, background, threshold))
        .toString();
  }

  private int labels(String... arguments) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    List<String> line = new ArrayList<>(List.of("labels"));
    line.addAll(List.of(arguments));
    line.addAll(List.of("--config", config.toString()));
    return Halcyon.run(
        new PrintWriter(out, true), new PrintWriter(err, true), line.toArray(String[]::new));
  }
}
