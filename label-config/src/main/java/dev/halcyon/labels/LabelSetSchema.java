package dev.halcyon.labels;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The JSON Schema of the pack format (draft 2020-12), made from the records, for editors to
 * complete and check packs with. What needs more than one field to judge is left to the validator.
 */
public final class LabelSetSchema {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final Map<String, ObjectNode> definitions = new LinkedHashMap<>();

  private LabelSetSchema() {}

  /** The schema as indented JSON, ended by a line feed. */
  public static String json() {
    DefaultPrettyPrinter printer =
        new DefaultPrettyPrinter(
            Separators.createDefaultInstance()
                .withObjectFieldValueSpacing(Separators.Spacing.AFTER)
                .withArrayEmptySeparator("")
                .withObjectEmptySeparator(""));
    printer.indentArraysWith(new DefaultIndenter("  ", "\n"));
    printer.indentObjectsWith(new DefaultIndenter("  ", "\n"));
    try {
      return new ObjectMapper().writer(printer).writeValueAsString(new LabelSetSchema().root())
          + "\n";
    } catch (JsonProcessingException e) {
      throw new LinkageError("a tree of JSON can be written", e);
    }
  }

  private ObjectNode root() {
    ObjectNode root = JSON.objectNode();
    root.put("$schema", "https://json-schema.org/draft/2020-12/schema");
    root.put("title", "Halcyon label set");
    root.put("description", "What to look for in images and what to do about it");
    root.setAll(record(LabelSet.class));
    ObjectNode properties = (ObjectNode) root.get("properties");
    properties.putObject("$schema").put("type", "string").put("description", "this schema");
    root.putObject("patternProperties")
        .putObject("^x-")
        .put("description", "passed over; a place for YAML anchors");
    ObjectNode defs = JSON.objectNode();
    definitions.forEach(defs::set);
    root.set("$defs", defs);
    return root;
  }

  private ObjectNode record(Class<? extends Record> type) {
    ObjectNode schema = JSON.objectNode();
    schema.put("type", "object");
    ObjectNode properties = schema.putObject("properties");
    ArrayNode required = JSON.arrayNode();
    for (Shape.Member member : Shape.members(type)) {
      properties.set(member.name(), member(member));
      if (member.required()) {
        required.add(member.name());
      }
    }
    if (!required.isEmpty()) {
      schema.set("required", required);
    }
    schema.put("additionalProperties", false);
    return schema;
  }

  private ObjectNode member(Shape.Member member) {
    Field field = member.field();
    ObjectNode schema = JSON.objectNode();
    StringBuilder description = new StringBuilder(sentence(field.value()));
    if (!field.fallbackInWords().isEmpty()) {
      description.append(" Default: ").append(sentence(field.fallbackInWords()));
    }
    if (!field.patternInWords().isEmpty()) {
      description.append(' ').append(sentence(field.patternInWords()));
    }
    if (member.shape() instanceof Shape.Choice choice) {
      choice(choice)
          .forEach(
              (name, meaning) ->
                  description.append("\n- ").append(name).append(": ").append(meaning));
    }
    schema.put("description", description.toString());
    schema.setAll(shape(member.shape(), field));
    if (member.name().equals("display")) {
      ObjectNode plain = JSON.objectNode().put("type", "string");
      ObjectNode map = shape(member.shape(), field);
      schema.removeAll();
      schema.put("description", description.toString());
      schema.putArray("anyOf").add(plain).add(map);
    }
    if (member.fallback() != null && !(member.shape() instanceof Shape.Nested)) {
      schema.set("default", json(member.fallback()));
    }
    return schema;
  }

  private ObjectNode shape(Shape shape, Field field) {
    ObjectNode schema = JSON.objectNode();
    if (shape instanceof Shape.Words) {
      words(schema, field);
    } else if (shape instanceof Shape.Numeric numeric) {
      schema.put("type", numeric.whole() ? "integer" : "number");
      range(schema, field);
    } else if (shape instanceof Shape.Truth) {
      schema.put("type", "boolean");
    } else if (shape instanceof Shape.Day) {
      schema.put("type", "string").put("format", "date");
    } else if (shape instanceof Shape.Choice choice) {
      ArrayNode names = schema.putArray("enum");
      choice.names().forEach(names::add);
    } else if (shape instanceof Shape.ListOf list) {
      list(schema, list, field);
    } else if (shape instanceof Shape.MapOf map) {
      schema.put("type", "object");
      schema.set("additionalProperties", shape(map.value(), field));
    } else if (shape instanceof Shape.Nested nested) {
      nested(schema, nested);
    }
    return schema;
  }

  private static void words(ObjectNode schema, Field field) {
    schema.put("type", "string");
    if (field.oneOf().length > 0) {
      ArrayNode names = schema.putArray("enum");
      for (String name : field.oneOf()) {
        names.add(name);
      }
      return;
    }
    schema.put("minLength", 1);
    schema.put("maxLength", field.maxLength());
    if (!field.pattern().isEmpty()) {
      schema.put("pattern", "^" + field.pattern() + "$");
    }
  }

  private static void range(ObjectNode schema, Field field) {
    boolean aboveZero = field.min() == Double.MIN_VALUE;
    if (aboveZero || Double.isFinite(field.min())) {
      put(
          schema,
          field.exclusive() || aboveZero ? "exclusiveMinimum" : "minimum",
          aboveZero ? 0 : field.min());
    }
    if (Double.isFinite(field.max())) {
      put(schema, field.exclusive() ? "exclusiveMaximum" : "maximum", field.max());
    }
  }

  private static void put(ObjectNode schema, String keyword, double value) {
    if (value == Math.rint(value)) {
      schema.put(keyword, (long) value);
    } else {
      schema.put(keyword, value);
    }
  }

  private void list(ObjectNode schema, Shape.ListOf list, Field field) {
    ObjectNode array = JSON.objectNode();
    array.put("type", "array");
    ObjectNode items =
        list.item() instanceof Shape.Numeric
            ? JSON.objectNode().put("type", "number")
            : shape(list.item(), field);
    array.set("items", items);
    if (field.min() > 0 && Double.isFinite(field.min())) {
      array.put("minItems", (int) field.min());
    }
    array.put("maxItems", field.maxItems());
    if (list.item() instanceof Shape.Words) {
      schema.putArray("anyOf").add(array).add(items.deepCopy());
    } else {
      schema.setAll(array);
    }
  }

  private void nested(ObjectNode schema, Shape.Nested nested) {
    String name = nested.type().getSimpleName();
    if (!definitions.containsKey(name)) {
      definitions.put(name, null);
      definitions.put(name, record(nested.type()));
    }
    ObjectNode reference = JSON.objectNode().put("$ref", "#/$defs/" + name);
    if (nested.plain().isPresent()) {
      Shape.Member plain = nested.plain().get();
      schema.putArray("anyOf").add(shape(plain.shape(), plain.field())).add(reference);
    } else {
      schema.setAll(reference);
    }
  }

  private static Map<String, String> choice(Shape.Choice choice) {
    Map<String, String> meanings = new LinkedHashMap<>();
    for (Enum<?> constant : choice.type().getEnumConstants()) {
      meanings.put(Defaults.name(constant), Shape.meaning(constant));
    }
    return meanings;
  }

  private static JsonNode json(Node node) {
    if (node instanceof Node.Numeral number) {
      return number.value() == Math.rint(number.value())
          ? JSON.numberNode((long) number.value())
          : JSON.numberNode(number.value());
    }
    if (node instanceof Node.Bool bool) {
      return JSON.booleanNode(bool.value());
    }
    if (node instanceof Node.Text text) {
      return JSON.textNode(text.value());
    }
    return node instanceof Node.Items ? JSON.arrayNode() : JSON.objectNode();
  }

  private static String sentence(String phrase) {
    return phrase.substring(0, 1).toUpperCase(Locale.ROOT) + phrase.substring(1) + ".";
  }
}
