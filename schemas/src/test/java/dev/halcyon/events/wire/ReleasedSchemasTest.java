package dev.halcyon.events.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Old programs read what new ones write, and new ones what old ones wrote, across all releases. */
final class ReleasedSchemasTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  static Stream<String> events() {
    return EventSchemas.current().keySet().stream();
  }

  @ParameterizedTest
  @MethodSource("events")
  void anEventGetsAlongWithEveryReleaseOfIt(String event) {
    Schema current = EventSchemas.current().get(event);
    assertThat(Compatibility.FULL_TRANSITIVE.problems(current, earlier(event))).isEmpty();
  }

  @Test
  void noEventIsWithdrawn() {
    for (Map<String, Schema> release : EventSchemas.released().values()) {
      assertThat(EventSchemas.current().keySet()).containsAll(release.keySet());
    }
  }

  @ParameterizedTest
  @MethodSource("events")
  void aBrokenChangeIsFound(String event) throws Exception {
    List<Schema> earlier = earlier(event);
    if (earlier.isEmpty()) {
      return;
    }
    String text = EventSchemas.current().get(event).toString();

    ObjectNode added = (ObjectNode) JSON.readTree(text);
    ((ArrayNode) added.get("fields")).addObject().put("name", "brandNew").put("type", "string");
    assertThat(Compatibility.FULL_TRANSITIVE.problems(parse(added), earlier))
        .as("a field without a default")
        .anyMatch(problem -> problem.contains("cannot read what the old one wrote"));

    ObjectNode removed = (ObjectNode) JSON.readTree(text);
    ((ArrayNode) removed.get("fields")).remove(requiredField(removed));
    assertThat(Compatibility.FULL_TRANSITIVE.problems(parse(removed), earlier))
        .as("a field taken away that old readers need")
        .anyMatch(problem -> problem.contains("cannot read what the new one writes"));

    ObjectNode changed = (ObjectNode) JSON.readTree(text);
    ((ObjectNode) changed.get("fields").get(requiredField(changed))).put("type", "boolean");
    assertThat(Compatibility.FULL_TRANSITIVE.problems(parse(changed), earlier))
        .as("a field of another type")
        .hasSizeGreaterThan(1);
  }

  /** {@code mvn -pl schemas test -Dtest=ReleasedSchemasTest -Dhalcyon.release=2} at a release. */
  @Test
  @EnabledIfSystemProperty(named = "halcyon.release", matches = "\\d+")
  void writeRelease() throws Exception {
    Path folder = EventSchemas.RELEASED.resolve("v" + System.getProperty("halcyon.release"));
    Files.createDirectories(folder);
    for (var event : EventSchemas.current().entrySet()) {
      JsonNode schema = JSON.readTree(event.getValue().toString());
      Files.writeString(folder.resolve(event.getKey() + ".avsc"), schema.toPrettyString() + "\n");
    }
  }

  private static List<Schema> earlier(String event) {
    return EventSchemas.released().values().stream()
        .filter(release -> release.containsKey(event))
        .map(release -> release.get(event))
        .toList();
  }

  private static int requiredField(JsonNode schema) {
    JsonNode fields = schema.get("fields");
    for (int i = 0; i < fields.size(); i++) {
      if (!fields.get(i).has("default")) {
        return i;
      }
    }
    throw new AssertionError("no field of " + schema.get("name") + " is required");
  }

  private static Schema parse(JsonNode schema) {
    return new Schema.Parser().parse(schema.toString());
  }
}
