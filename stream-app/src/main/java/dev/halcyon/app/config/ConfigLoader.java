package dev.halcyon.app.config;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.ser.std.StdScalarSerializer;
import com.fasterxml.jackson.databind.type.LogicalType;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import dev.halcyon.labels.Spelling;
import java.io.IOException;
import java.io.Serial;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * Reads the configuration: the defaults, over them a YAML file, over it environment variables.
 *
 * <p>The environment variable of {@code kafka.bootstrapServers} is {@code
 * HALCYON_KAFKA_BOOTSTRAPSERVERS}: the path in capitals, dots as underscores.
 */
public final class ConfigLoader {
  private static final String ENVIRONMENT_PREFIX = "HALCYON_";

  private final ObjectMapper yaml =
      YAMLMapper.builder()
          .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
          .build()
          .registerModule(new Jdk8Module())
          .registerModule(
              new SimpleModule()
                  .addDeserializer(Duration.class, new DurationReader())
                  .addSerializer(Duration.class, new DurationWriter()))
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  public ConfigLoader() {
    yaml.coercionConfigFor(LogicalType.Enum)
        .setCoercion(CoercionInputShape.Integer, CoercionAction.Fail);
  }

  /**
   * Reads a configuration file.
   *
   * @param file YAML; an empty file means the defaults
   * @param environment variables of the process
   * @throws ConfigException if the file is missing or a setting cannot be used
   */
  public AppConfig load(Path file, Map<String, String> environment) {
    if (!Files.isRegularFile(file)) {
      throw new ConfigException(file + ": no such file");
    }
    String text;
    try {
      text = Files.readString(file);
    } catch (IOException e) {
      throw new ConfigException(file + ": cannot be read: " + e.getMessage());
    }
    return parse(text, file.toString(), environment);
  }

  /** The defaults, with what the environment overrides. */
  public AppConfig defaults(Map<String, String> environment) {
    return parse("", "defaults", environment);
  }

  /**
   * Reads a configuration.
   *
   * @param text YAML
   * @param name what to call it in errors
   * @param environment variables of the process
   * @throws ConfigException if a setting cannot be used
   */
  public AppConfig parse(String text, String name, Map<String, String> environment) {
    ObjectNode tree = tree(AppConfig.defaults());
    ObjectNode known = tree.deepCopy();
    JsonNode given;
    try {
      given = yaml.readTree(text);
    } catch (JsonProcessingException e) {
      var at = e.getLocation();
      throw new ConfigException(
          name
              + (at == null ? "" : " line " + at.getLineNr())
              + ": is not YAML: "
              + e.getOriginalMessage());
    }
    if (given != null && given.isObject()) {
      merge(tree, (ObjectNode) given);
    } else if (given != null && !given.isNull() && !given.isMissingNode()) {
      throw new ConfigException(name + ": must hold settings by name, as in \"kafka:\"");
    }
    override(tree, known, "", environment);
    try {
      return yaml.treeToValue(tree, AppConfig.class);
    } catch (JsonProcessingException e) {
      throw explain(name, environment, e);
    }
  }

  /** The configuration as a YAML document, for logs and the reference page. */
  public String write(AppConfig config) {
    try {
      return yaml.writeValueAsString(config);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  ObjectNode tree(AppConfig config) {
    return yaml.valueToTree(config);
  }

  private static void merge(ObjectNode base, ObjectNode over) {
    for (var entry : over.properties()) {
      JsonNode old = base.get(entry.getKey());
      JsonNode fresh = entry.getValue();
      if (old instanceof ObjectNode oldObject && fresh instanceof ObjectNode freshObject) {
        merge(oldObject, freshObject);
      } else if (!(old instanceof ObjectNode && fresh.isNull())) {
        base.set(entry.getKey(), fresh);
      }
    }
  }

  private static void override(
      ObjectNode tree, ObjectNode known, String path, Map<String, String> environment) {
    for (var entry : known.properties()) {
      String key = entry.getKey();
      String below = path.isEmpty() ? key : path + "." + key;
      if (entry.getValue() instanceof ObjectNode children && !children.isEmpty()) {
        if (tree.get(key) instanceof ObjectNode subtree) {
          override(subtree, children, below, environment);
        }
        continue;
      }
      String value = environment.get(environmentVariable(below));
      if (value == null) {
        continue;
      }
      if (entry.getValue().isArray()) {
        var list = tree.putArray(key);
        Arrays.stream(value.split(",", -1))
            .map(String::strip)
            .filter(part -> !part.isEmpty())
            .forEach(list::add);
      } else {
        tree.put(key, value);
      }
    }
  }

  /** The environment variable that overrides the setting at a path. */
  public static String environmentVariable(String path) {
    return ENVIRONMENT_PREFIX + path.replace('.', '_').toUpperCase(java.util.Locale.ROOT);
  }

  private static ConfigException explain(
      String file, Map<String, String> environment, JsonProcessingException e) {
    String path =
        e instanceof JsonMappingException mapping
            ? mapping.getPath().stream()
                .map(
                    reference ->
                        reference.getFieldName() == null
                            ? "[" + reference.getIndex() + "]"
                            : reference.getFieldName())
                .collect(Collectors.joining("."))
                .replace(".[", "[")
            : "";
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof ConfigException || cause instanceof IllegalArgumentException) {
        String message = (path.isEmpty() ? "" : path + ".") + cause.getMessage();
        String setting = message.contains(" ") ? message.substring(0, message.indexOf(' ')) : path;
        return new ConfigException(source(file, setting, environment) + ": " + message);
      }
    }
    String name = source(file, path, environment);
    if (e instanceof UnrecognizedPropertyException unknown) {
      return new ConfigException(
          name
              + ": "
              + path
              + " is not a setting"
              + Spelling.remedy(
                  unknown.getPropertyName(),
                  unknown.getKnownPropertyIds().stream().map(Objects::toString).toList()));
    }
    if (e instanceof InvalidFormatException format) {
      String wanted =
          format.getTargetType().isEnum()
              ? "one of "
                  + Arrays.stream(format.getTargetType().getEnumConstants())
                      .map(Object::toString)
                      .collect(Collectors.joining(", "))
              : "of type " + format.getTargetType().getSimpleName();
      return new ConfigException(
          name + ": " + path + " \"" + format.getValue() + "\" is not " + wanted);
    }
    return new ConfigException(name + ": " + path + " cannot be used: " + e.getOriginalMessage());
  }

  /** Where a setting's value is from: the environment variable that gives it, or the file. */
  private static String source(String file, String setting, Map<String, String> environment) {
    String variable = environmentVariable(setting);
    return environment.containsKey(variable) ? variable : file;
  }

  private static final class DurationReader extends StdDeserializer<Duration> {
    @Serial private static final long serialVersionUID = 1L;

    DurationReader() {
      super(Duration.class);
    }

    @Override
    public Duration deserialize(JsonParser parser, DeserializationContext context)
        throws IOException {
      String text = parser.getText();
      try {
        return Durations.parse(text);
      } catch (IllegalArgumentException e) {
        throw new ConfigException(
            parser.currentName() + " \"" + text + "\" is not a duration; write 200ms, 10s, 5m, 7d");
      }
    }
  }

  private static final class DurationWriter extends StdScalarSerializer<Duration> {
    @Serial private static final long serialVersionUID = 1L;

    DurationWriter() {
      super(Duration.class);
    }

    @Override
    public void serialize(Duration value, JsonGenerator generator, SerializerProvider provider)
        throws IOException {
      generator.writeString(Durations.format(value));
    }
  }
}
