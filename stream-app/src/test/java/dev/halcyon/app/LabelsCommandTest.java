package dev.halcyon.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.halcyon.app.broker.KafkaClients;
import dev.halcyon.app.broker.SharedBroker;
import dev.halcyon.app.config.AppConfig;
import dev.halcyon.app.config.ConfigLoader;
import dev.halcyon.app.topology.Topics;
import dev.halcyon.app.topology.TopicsAdmin;
import dev.halcyon.events.wire.EmbeddedRegistry;
import dev.halcyon.labels.LabelSetWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An operator's day, on a real broker, by the command line alone. */
class LabelsCommandTest {
  private static final String PACK =
      """
      name: %s
      title: Pets
      owner: tests
      groups:
        - {id: everyday, mode: independent, background: [a photo]}
      labels:
        - {id: cat, group: everyday, prompts: [a cat], threshold: %s}
      """;

  @TempDir private static Path folder;
  private static EmbeddedRegistry registry;
  private static Path config;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeAll
  static void start() throws IOException {
    registry = EmbeddedRegistry.start();
    String prefix = KafkaClients.unique("labels");
    config = folder.resolve("halcyon.yaml");
    Files.writeString(
        config,
        """
        kafka: {bootstrapServers: "%s"}
        topics:
          labelConfig: %s-config
          labelConfigHistory: %s-history
          labelConfigStatus: %s-status
          uploads: %s-uploads
          tags: %s-tags
          alerts: %s-alerts
          rejects: %s-rejects
          evidence: %s-evidence
          partitions: 1
          replicationFactor: 1
        serdes: {properties: {schema.registry.url: "%s"}}
        """
            .formatted(
                SharedBroker.bootstrapServers(),
                prefix,
                prefix,
                prefix,
                prefix,
                prefix,
                prefix,
                prefix,
                prefix,
                registry.url()));
    AppConfig app = new ConfigLoader().load(config, Map.of());
    try (TopicsAdmin admin = TopicsAdmin.connect(app.kafka())) {
      admin.create(Topics.of(app.topics(), app.images().maxBytes()));
    }
  }

  @AfterAll
  static void stop() {
    registry.close();
  }

  @Test
  void applyEditHistoryAndRollback() throws IOException {
    Path file = pack("pets", "0.55");
    assertThat(labels("apply", file.toString(), "--reason", "first", "--author", "ann")).isZero();
    assertThat(out.toString()).contains("pets: version 1 is published");

    assertThat(labels("get", "pets")).isZero();
    Path edited = folder.resolve("edited.yaml");
    Files.writeString(edited, out.toString().replace("0.55", "0.7"));
    assertThat(out.toString()).startsWith("x-based-on: 1\n");
    assertThat(labels("diff", "pets", edited.toString())).isZero();
    assertThat(out.toString()).contains("0.55").contains("0.7");
    assertThat(labels("diff", "pets", edited.toString(), "--json")).isZero();
    assertThat(out.toString())
        .contains("\"change\":\"changed\",\"kind\":\"label\"")
        .contains("\"before\":\"0.55\",\"after\":\"0.7\"");
    assertThat(labels("apply", edited.toString(), "--reason", "fewer", "--author", "bob")).isZero();
    assertThat(labels("apply", edited.toString(), "--based-on", "2", "--reason", "again")).isZero();
    assertThat(out.toString()).contains("version 2 is the same already");

    assertThat(labels("rollback", "pets", "--to", "1", "--reason", "too few")).isZero();
    assertThat(out.toString()).contains("version 3 is published");
    assertThat(labels("history", "pets")).isZero();
    assertThat(out.toString()).contains("first").contains("fewer").contains("too few");
    assertThat(labels("get", "pets", "--version", "2", "--json")).isZero();
    assertThat(out.toString()).contains("0.7");
    assertThat(labels("get", "pets", "--json")).isZero();
    assertThat(out.toString()).contains("0.55").doesNotContain("0.7");
    assertThat(labels("list", "--json")).isZero();
    assertThat(out.toString()).contains("\"name\":\"pets\",\"version\":3");
  }

  @Test
  void ofTwoOperatorsTheSecondSeesTheOthersChangeAndNothingIsLost() throws IOException {
    assertThat(labels("apply", pack("dogs", "0.55").toString(), "--reason", "first")).isZero();
    Path ann = made("ann.yaml", "dogs", "0.6");
    Path bob = made("bob.yaml", "dogs", "0.4");
    assertThat(labels("apply", ann.toString(), "--reason", "stricter", "--author", "ann")).isZero();

    assertThat(labels("apply", bob.toString(), "--reason", "looser", "--author", "bob"))
        .isEqualTo(3);

    assertThat(err.toString())
        .contains("dogs is at version 2 by ann (stricter), yours was made from version 1")
        .contains("0.6");
    assertThat(labels("get", "dogs", "--json")).isZero();
    assertThat(out.toString()).contains("0.6").doesNotContain("0.4");
  }

  @Test
  void aChangeThatDoesNotSayWhatItWasMadeFromIsNotGuessedAt() throws IOException {
    Path file = pack("birds", "0.55");
    assertThat(labels("apply", file.toString(), "--reason", "first")).isZero();
    assertThat(labels("apply", pack("birds", "0.6").toString(), "--reason", "second")).isEqualTo(2);
    assertThat(err.toString()).contains("--based-on 1");
  }

  @Test
  void whatIsNotThereIsNamed() {
    assertThat(labels("get", "nothing")).isEqualTo(2);
    assertThat(err.toString()).contains("nothing: no such label set");
    assertThat(labels("apply", "no/such.yaml", "--reason", "x")).isEqualTo(2);
    assertThat(labels("status")).isZero();
  }

  @Test
  void aFolderOfFilesStandsForAllSetsAndBringsBackWhatWasChangedInIt() throws IOException {
    assertThat(labels("apply", pack("fish", "0.55").toString(), "--reason", "first")).isZero();
    assertThat(labels("apply", pack("frogs", "0.55").toString(), "--reason", "first")).isZero();
    Path git = folder.resolve("git");
    assertThat(labels("export", "--dir", git.toString())).isZero();
    String fish = Files.readString(git.resolve("fish.yaml"));
    assertThat(fish).startsWith("x-based-on: 1\n");
    assertThat(labels("export", "--dir", git.toString())).isZero();
    assertThat(Files.readString(git.resolve("fish.yaml"))).isEqualTo(fish);

    Files.writeString(git.resolve("fish.yaml"), "# ours\n" + fish.replace("0.55", "0.7"));
    Files.writeString(git.resolve("newts.yaml"), "# new\n---\n" + PACK.formatted("newts", "0.5"));
    assertThat(labels("import", "--dir", git.toString(), "--reason", "try", "--dry-run")).isZero();
    assertThat(out.toString()).contains("2 of ").contains("0.7").contains("newts.yaml: new");
    assertThat(labels("get", "fish", "--json")).isZero();
    assertThat(out.toString()).contains("0.55");

    assertThat(labels("import", "--dir", git.toString(), "--reason", "review 7")).isZero();
    assertThat(out.toString())
        .contains("fish: version 2 is published")
        .contains("newts: version 1 is published")
        .doesNotContain("frogs");
    assertThat(Files.readString(git.resolve("fish.yaml"))).startsWith("# ours\nx-based-on: 2\n");
    assertThat(Files.readString(git.resolve("newts.yaml")))
        .startsWith("# new\n---\nx-based-on: 1\n");
    assertThat(labels("import", "--dir", git.toString(), "--reason", "again")).isZero();
    assertThat(out.toString()).contains("0 of ");
  }

  @Test
  void anImportThatWouldUndoSomebodysChangeWritesNothing() throws IOException {
    assertThat(labels("apply", pack("ants", "0.55").toString(), "--reason", "first")).isZero();
    assertThat(labels("apply", pack("bees", "0.55").toString(), "--reason", "first")).isZero();
    Path git = Files.createDirectory(folder.resolve("late"));
    Path ants = made("late/ants.yaml", "ants", "0.7");
    Files.writeString(git.resolve("bees.yaml"), Files.readString(made("b", "bees", "0.7")));
    Path theirs = made("theirs.yaml", "bees", "0.6");
    assertThat(labels("apply", theirs.toString(), "--reason", "theirs", "--author", "ann"))
        .isZero();

    assertThat(labels("import", "--dir", git.toString(), "--reason", "mine")).isEqualTo(3);

    assertThat(err.toString()).contains("bees is at version 2 by ann (theirs)");
    assertThat(labels("get", "ants", "--json")).isZero();
    assertThat(out.toString()).contains("0.55");
    Files.writeString(ants, "name: [");
    assertThat(labels("import", "--dir", git.toString(), "--reason", "mine")).isEqualTo(2);
    assertThat(err.toString()).contains("ants.yaml");
  }

  @Test
  void givenADecisionTheSetThatMadeItIsFoundToTheByte() throws IOException {
    assertThat(labels("apply", pack("owls", "0.55").toString(), "--reason", "first")).isZero();
    assertThat(labels("apply", made("o.yaml", "owls", "0.6").toString(), "--reason", "b")).isZero();
    assertThat(labels("history", "owls", "--json")).isZero();
    String first = out.toString().lines().skip(1).findFirst().orElseThrow();
    assertThat(labels("get", "owls", "--version", "1", "--json")).isZero();
    String hash = LabelSetWriter.hashOf(out.toString().stripTrailing());
    assertThat(first).contains("\"version\":1").contains(hash.substring(0, 12));
  }

  @Test
  void theDefaultPackIsSound() {
    String pack = Home.resolve("label-config/packs/default.yaml").toString();
    assertThat(labels("validate", pack)).isZero();
    assertThat(out.toString()).contains("sound");
  }

  @Test
  void problemsForMachinesCarryPathValueAndRemedy() throws IOException {
    Path faulty = pack("faulty", "1.7");
    assertThat(labels("validate", faulty.toString(), "--json")).isEqualTo(2);
    assertThat(out.toString().lines())
        .isNotEmpty()
        .allMatch(line -> line.startsWith("{\"path\":\"") && line.contains("\"message\":"))
        .anyMatch(line -> line.contains("threshold") && line.contains("1.7"));
    Path sound = pack("sound", "0.7");
    assertThat(labels("validate", sound.toString(), "--json")).isZero();
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void aPromptTheModelCannotReadIsNamedByItsPath() throws IOException {
    Path wordy =
        Files.writeString(
            folder.resolve("wordy.yaml"),
            """
            name: wordy
            owner: tests
            groups: [{id: everyday, background: [a photo]}]
            labels:
              - {id: cat, prompts: [a cat]}
              - {id: dog, prompts: [a dog, "%s"]}
            """
                .formatted("a ".repeat(150).strip()));

    assertThat(labels("validate", wordy.toString(), "--json")).isEqualTo(2);

    assertThat(out.toString().lines())
        .singleElement()
        .asString()
        .startsWith("{\"path\":\"labels[1].prompts[1]\",\"value\":")
        .contains("tokens");
  }

  private Path made(String file, String name, String threshold) throws IOException {
    assertThat(labels("get", name)).isZero();
    return Files.writeString(folder.resolve(file), out.toString().replace("0.55", threshold));
  }

  private static Path pack(String name, String threshold) throws IOException {
    return Files.writeString(folder.resolve(name + ".yaml"), PACK.formatted(name, threshold));
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
