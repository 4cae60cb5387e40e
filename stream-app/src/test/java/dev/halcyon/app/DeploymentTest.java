package dev.halcyon.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.halcyon.app.config.AppConfig;
import dev.halcyon.app.config.ConfigLoader;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.utils.AppInfoParser;
import org.junit.jupiter.api.Test;

/** The deployment files say what the program understands. */
final class DeploymentTest {
  private static final Path HOME = Path.of(System.getProperty("halcyon.home"));
  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

  @Test
  void theComposeFileMountsAConfigurationTheProgramTakes() throws Exception {
    JsonNode services = YAML.readTree(HOME.resolve("docker-compose.yml").toFile()).path("services");
    for (String service : List.of("halcyon", "topics", "labels")) {
      assertThat(services.path(service).path("volumes").get(0).asText())
          .isEqualTo("./deploy/compose/halcyon.yaml:/etc/halcyon/halcyon.yaml:ro");
      assertThat(services.path(service).path("command").toString())
          .contains("\"--config\",\"/etc/halcyon/halcyon.yaml\"");
    }
    AppConfig config =
        new ConfigLoader().load(HOME.resolve("deploy/compose/halcyon.yaml"), Map.of());
    JsonNode kafka = services.path("kafka").path("environment");
    assertThat(kafka.path("KAFKA_ADVERTISED_LISTENERS").asText())
        .contains("INSIDE://" + config.kafka().bootstrapServers());
    assertThat(config.topics().replicationFactor()).isEqualTo(1);
    assertThat(services.path("registry").path("environment").path("SCHEMA_REGISTRY_LISTENERS"))
        .hasToString("\"http://0.0.0.0:8081\"");
    assertThat(config.serdes().properties())
        .containsEntry("schema.registry.url", "http://registry:8081");
  }

  @Test
  void theAdminPortIsTheSameEverywhere() throws Exception {
    int port = AppConfig.defaults().admin().port();
    assertThat(Files.readString(HOME.resolve("Dockerfile"))).contains("EXPOSE " + port);
    assertThat(Files.readString(HOME.resolve("docker-compose.yml")))
        .contains("127.0.0.1:" + port + ":" + port);
    assertThat(Files.readString(HOME.resolve("deploy/compose/prometheus.yml")))
        .contains("halcyon:" + port);
    assertThat(Files.readString(HOME.resolve("helm/halcyon/templates/_helpers.tpl")))
        .contains("dig \"admin\" \"port\" " + port);
  }

  @Test
  void kafkaIsTheReleaseTheProgramIsBuiltWith() throws Exception {
    assertThat(Files.readString(HOME.resolve("docker-compose.yml")))
        .contains("apache/kafka:" + AppInfoParser.getVersion());
  }

  @Test
  void theChartKnowsTheProgramsSections() throws Exception {
    JsonNode values = YAML.readTree(HOME.resolve("helm/halcyon/values.yaml").toFile());
    AppConfig config =
        new ConfigLoader().parse(values.path("config").toPrettyString(), "values.yaml", Map.of());
    assertThat(config.kafka().bootstrapServers()).isEqualTo("kafka:9092");

    JsonNode schema = YAML.readTree(HOME.resolve("helm/halcyon/values.schema.json").toFile());
    List<String> sections = new ArrayList<>();
    schema
        .path("properties")
        .path("config")
        .path("properties")
        .fieldNames()
        .forEachRemaining(sections::add);
    assertThat(sections)
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(AppConfig.class.getRecordComponents())
                .map(RecordComponent::getName)
                .toList());

    // Every value has its place in the schema, or a slip in it would pass unseen.
    List<String> known = new ArrayList<>();
    schema.path("properties").fieldNames().forEachRemaining(known::add);
    values.fieldNames().forEachRemaining(value -> assertThat(known).contains(value));
  }

  @Test
  void aBrokerThatIsNowhereIsBadInput() {
    StringWriter err = new StringWriter();
    int exitCode =
        Halcyon.run(
            new PrintWriter(Writer.nullWriter()),
            new PrintWriter(err),
            "topics",
            "check",
            "--bootstrap",
            "no-such-host.invalid:9092");
    assertThat(exitCode).isEqualTo(2);
    assertThat(err.toString()).contains("kafka.bootstrapServers no-such-host.invalid:9092");
  }
}
