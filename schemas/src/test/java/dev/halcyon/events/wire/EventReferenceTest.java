package dev.halcyon.events.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;

/** Every field says what it holds, and the reference page says the same. */
final class EventReferenceTest {
  private static final Path PAGE = EventSchemas.HOME.resolve("docs/events.md");

  /** The topics by their default names, in the order of an image's path. */
  private static final Map<String, String> TOPICS = new LinkedHashMap<>();

  static {
    TOPICS.put("ImageUpload", "image-uploads");
    TOPICS.put("TagEvent", "image-tags");
    TOPICS.put("AlertEvent", "image-alerts");
    TOPICS.put("RejectEvent", "image-rejects");
    TOPICS.put("EvidenceEvent", "image-evidence");
    TOPICS.put("BiasReport", "bias-report");
    TOPICS.put("LabelSetRecord", "label-config, label-config-history");
    TOPICS.put("LabelSetStatus", "label-config-status");
  }

  @Test
  void everyTypeAndFieldIsDocumented() {
    List<String> undocumented = new ArrayList<>();
    for (Schema type : types()) {
      check(undocumented, type.getFullName(), type.getDoc());
      if (type.getType() == Schema.Type.RECORD) {
        type.getFields()
            .forEach(f -> check(undocumented, type.getFullName() + "." + f.name(), f.doc()));
      } else {
        type.getEnumSymbols()
            .forEach(
                symbol -> {
                  if (type.getDoc() == null || !type.getDoc().contains(symbol)) {
                    undocumented.add(type.getFullName() + "." + symbol);
                  }
                });
      }
    }
    assertThat(undocumented).isEmpty();
    assertThat(TOPICS.keySet())
        .containsExactlyInAnyOrderElementsOf(EventSchemas.current().keySet());
  }

  /** {@code -Dhalcyon.write=true} writes the page. */
  @Test
  void theReferencePageIsOfTheseSchemas() throws Exception {
    String page = page();
    if (Boolean.getBoolean("halcyon.write")) {
      Files.writeString(PAGE, page);
    }
    assertThat(Files.readString(PAGE))
        .as("%s is out of date; write it: mvn -pl schemas test -Dhalcyon.write=true", PAGE)
        .isEqualTo(page);
  }

  private static void check(List<String> undocumented, String name, String doc) {
    if (doc == null || doc.isBlank() || !doc.endsWith(".")) {
      undocumented.add(name);
    }
  }

  private static List<Schema> types() {
    Map<String, Schema> types = new LinkedHashMap<>();
    TOPICS.keySet().forEach(event -> collect(EventSchemas.current().get(event), types));
    return List.copyOf(types.values());
  }

  private static void collect(Schema schema, Map<String, Schema> types) {
    switch (schema.getType()) {
      case RECORD -> {
        if (types.putIfAbsent(schema.getFullName(), schema) == null) {
          schema.getFields().forEach(field -> collect(field.schema(), types));
        }
      }
      case ENUM -> types.putIfAbsent(schema.getFullName(), schema);
      case ARRAY -> collect(schema.getElementType(), types);
      case MAP -> collect(schema.getValueType(), types);
      case UNION -> schema.getTypes().forEach(branch -> collect(branch, types));
      default -> {}
    }
  }

  private static String page() {
    StringBuilder page =
        new StringBuilder(
            """
            # Event reference

            Every record's key is a string; every value is Avro in the Confluent wire format (see
            [wire-format.md](wire-format.md)). Topics stand here under their default names. A type
            with a `?` may be null. Fields without a default are always present in what a producer
            writes.

            Generated from `schemas/src/main/avro`; a test holds it equal to the schemas.

            ## Corrections

            `halcyon redecide` decides history again and puts right what changed, by events with
            `corrective` true. A corrective tag event takes the place of the image's earlier one. Its
            alert events say only what is new: an alert raised or changed, or, with the action
            `RELEASE`, an earlier one lifted; alerts it does not name stand. So the alerts that stand
            are those of the image's last live decision, changed by every correction after it, in
            the order of the partition.

            All events of one correction are committed together. A correction speaks of the upload at
            `source`: whoever has a live decision of a later upload with the same image id ignores
            it. Scores that moved without a change of labels, alerts, actions or severities are not
            corrected.
            """);
    for (Schema type : types()) {
      page.append("\n## ").append(type.getName()).append("\n\n");
      String topic = TOPICS.get(type.getName());
      if (topic != null) {
        page.append("Topic: `").append(topic.replace(", ", "`, `")).append("`. ");
      }
      page.append(type.getDoc()).append('\n');
      if (type.getType() == Schema.Type.ENUM) {
        page.append("\nSymbols: ")
            .append(
                type.getEnumSymbols().stream()
                    .map(symbol -> "`" + symbol + "`")
                    .collect(Collectors.joining(", ")))
            .append(". A reader that does not know a symbol takes `")
            .append(type.getEnumDefault())
            .append("`.\n");
        continue;
      }
      page.append("\n| field | type | default | meaning |\n|---|---|---|---|\n");
      for (Schema.Field field : type.getFields()) {
        page.append("| `")
            .append(field.name())
            .append("` | ")
            .append(name(field.schema()))
            .append(" | ")
            .append(field.hasDefaultValue() ? "`" + defaultText(field) + "`" : "")
            .append(" | ")
            .append(field.doc())
            .append(" |\n");
      }
    }
    return page.toString();
  }

  private static String defaultText(Schema.Field field) {
    Object value = field.defaultVal();
    return value == org.apache.avro.JsonProperties.NULL_VALUE ? "null" : value.toString();
  }

  private static String name(Schema schema) {
    return switch (schema.getType()) {
      case RECORD, ENUM -> "[" + schema.getName() + "](#" + anchor(schema) + ")";
      case ARRAY -> "array of " + name(schema.getElementType());
      case MAP -> "map of " + name(schema.getValueType());
      case UNION ->
          schema.getTypes().stream()
                  .filter(branch -> branch.getType() != Schema.Type.NULL)
                  .map(EventReferenceTest::name)
                  .collect(Collectors.joining(" or "))
              + (schema.isNullable() ? "?" : "");
      default ->
          schema.getLogicalType() == null
              ? schema.getType().getName()
              : schema.getLogicalType().getName();
    };
  }

  private static String anchor(Schema schema) {
    return schema.getName().toLowerCase(java.util.Locale.ROOT);
  }
}
