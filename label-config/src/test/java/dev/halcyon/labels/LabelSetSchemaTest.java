package dev.halcyon.labels;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

final class LabelSetSchemaTest {
  private static final Path FILE = Path.of("label-set.schema.json");
  private static final JsonSchema SCHEMA =
      JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
          .getSchema(LabelSetSchema.json());

  private static Set<ValidationMessage> faults(JsonNode document) {
    return SCHEMA.validate(document);
  }

  /** Reads YAML as an editor does, with aliases and merge keys resolved. */
  private static JsonNode tree(String yaml) {
    Object loaded = new Yaml(new SafeConstructor(new LoaderOptions())).load(yaml);
    return new ObjectMapper().valueToTree(loaded);
  }

  @Test
  void theCommittedSchemaIsUpToDate() throws IOException {
    if (Boolean.getBoolean("halcyon.regenerate")) {
      Files.writeString(FILE, LabelSetSchema.json());
    }
    assertThat(Files.readString(FILE))
        .as(
            "mvn -pl label-config test -Dtest=LabelSetSchemaTest -Dhalcyon.regenerate=true"
                + " writes it anew")
        .isEqualTo(LabelSetSchema.json());
  }

  @Test
  void itIsItselfAValidSchema() throws IOException {
    JsonSchema meta =
        JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
            .getSchema(
                com.networknt.schema.SchemaLocation.of(
                    "https://json-schema.org/draft/2020-12/schema"));
    assertThat(meta.validate(new ObjectMapper().readTree(LabelSetSchema.json()))).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("dev.halcyon.labels.ShippedPacksTest#packs")
  void everyPackValidates(Path pack) throws IOException {
    assertThat(faults(tree(Files.readString(pack)))).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("dev.halcyon.labels.LabelSetWriterTest#seeds")
  void whateverTheReaderTakesTheSchemaTakes(long seed) throws IOException {
    LabelSet set = RandomLabelSets.of(seed);
    assertThat(faults(new ObjectMapper().readTree(LabelSetWriter.canonicalJson(set)))).isEmpty();
    assertThat(faults(new YAMLMapper().readTree(LabelSetWriter.yaml(set)))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "promts: a cat",
        "severity: 7",
        "severity: high",
        "threshold: 1",
        "threshold: {method: quantile}",
        "threshold: {value: 0.5, method: quantil}",
        "action: ban",
        "reviewThreshold: 0",
        "typographic: {mode: sometimes}",
        "bias: {axes: [gendre]}",
        "bias: {waiver: {who: me, why: so}}",
        "id: Has Spaces",
      })
  void whatIsWrongInOneFieldIsWrongForTheSchemaToo(String line) {
    String good = LabelSetReaderTest.MINIMAL;
    String bad = line.startsWith("id:") ? good.replace("id: cat", line) : good + "    " + line;
    assertThat(faults(tree(good))).isEmpty();
    assertThat(faults(tree(bad))).isNotEmpty();
    assertThat(LabelSetReader.read(bad)).isInstanceOf(ReadResult.Faulty.class);
  }
}
