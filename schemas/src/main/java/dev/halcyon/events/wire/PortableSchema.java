package dev.halcyon.events.wire;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.apache.avro.Schema;

/**
 * A schema without what only Java's code generator reads, so that every language registers the same
 * one.
 */
final class PortableSchema {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String JAVA_STRING = "avro.java.string";

  private PortableSchema() {}

  static Schema of(Schema schema) {
    try {
      return new Schema.Parser().parse(strip(JSON.readTree(schema.toString())).toString());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Avro wrote a schema that is no JSON", e);
    }
  }

  private static JsonNode strip(JsonNode node) {
    if (node instanceof ObjectNode object) {
      object.remove(JAVA_STRING);
      if (object.size() == 1 && object.path("type").isTextual()) {
        return object.get("type");
      }
      for (var property : object.properties()) {
        if (!property.getKey().equals("default")) {
          property.setValue(strip(property.getValue()));
        }
      }
    } else if (node.isArray()) {
      var array = (com.fasterxml.jackson.databind.node.ArrayNode) node;
      for (int i = 0; i < array.size(); i++) {
        array.set(i, strip(array.get(i)));
      }
    }
    return node;
  }
}
