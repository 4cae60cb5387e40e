package dev.halcyon.app.models;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.halcyon.clip.EngineSettings.Weights;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * The models that can be fetched by name: those the program knows, or those of an operator's own
 * file of the same form.
 *
 * @param models in the order of the file
 */
public record Catalogue(List<CatalogueModel> models) {
  private static final String RESOURCE = "catalogue.yaml";

  public Catalogue {
    models = List.copyOf(models);
  }

  /** The catalogue that ships with the program. */
  public static Catalogue shipped() {
    try (InputStream in =
        Objects.requireNonNull(Catalogue.class.getResourceAsStream(RESOURCE), RESOURCE)) {
      return parse(RESOURCE, new YAMLMapper().readTree(in));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * An operator's own.
   *
   * @throws IllegalArgumentException naming the file, the model and the remedy
   */
  public static Catalogue read(Path file) {
    try {
      return parse(file.toString(), new YAMLMapper().readTree(Files.readAllBytes(file)));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(file + ": not YAML: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new IllegalArgumentException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }

  /** The model of a name. */
  public Optional<CatalogueModel> find(String name) {
    return models.stream().filter(model -> model.name().equals(name)).findFirst();
  }

  private static Catalogue parse(String source, JsonNode root) {
    List<CatalogueModel> models = new ArrayList<>();
    for (JsonNode entry : root.path("models")) {
      String name = entry.path("name").asText("");
      try {
        models.add(model(entry, layout(root, entry)));
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            source + ": model \"" + name + "\": " + e.getMessage(), e);
      }
    }
    if (models.isEmpty()) {
      throw new IllegalArgumentException(source + ": lists no models under \"models\"");
    }
    return new Catalogue(models);
  }

  private static JsonNode layout(JsonNode root, JsonNode entry) {
    String layout = text(entry, "layout");
    JsonNode found = root.path("layouts").path(layout);
    if (found.isMissingNode()) {
      throw new IllegalArgumentException(
          "layout \"" + layout + "\" is not among this file's layouts");
    }
    return found;
  }

  private static CatalogueModel model(JsonNode entry, JsonNode layout) {
    JsonNode files = entry.has("files") ? entry.get("files") : layout.path("files");
    JsonNode weights = entry.has("weights") ? entry.get("weights") : layout.path("weights");
    Map<Weights, List<CatalogueFile>> byPrecision = new EnumMap<>(Weights.class);
    for (Map.Entry<String, JsonNode> precision : weights.properties()) {
      byPrecision.put(
          Weights.valueOf(precision.getKey().toUpperCase(Locale.ROOT)),
          files(entry, precision.getValue()));
    }
    JsonNode accuracy = entry.path("accuracy");
    return new CatalogueModel(
        text(entry, "name"),
        text(entry, "title"),
        text(entry, "architecture"),
        text(entry, "licence"),
        entry.path("parametersMillions").asInt(),
        entry.path("inputPixels").asInt(),
        accuracy.path("percent").isNumber()
            ? OptionalDouble.of(accuracy.get("percent").asDouble())
            : OptionalDouble.empty(),
        accuracy.path("from").asText(""),
        entry.path("note").asText(""),
        byPrecision,
        files(entry, files),
        entry.path("contextLength").isInt()
            ? OptionalInt.of(entry.get("contextLength").asInt())
            : OptionalInt.empty(),
        logits(entry.path("logits")));
  }

  private static List<CatalogueFile> files(JsonNode entry, JsonNode files) {
    List<CatalogueFile> read = new ArrayList<>();
    for (JsonNode file : files) {
      String path = file.isTextual() ? file.asText() : text(file, "from");
      read.add(
          new CatalogueFile(
              file.path("repository").asText(text(entry, "repository")),
              file.path("revision").asText(text(entry, "revision")),
              path,
              file.path("to").asText(path),
              file.has("bytes")
                  ? OptionalLong.of(file.get("bytes").asLong())
                  : OptionalLong.empty(),
              file.path("megabytes").asLong(0) * 1_000_000,
              file.has("sha256") ? Optional.of(file.get("sha256").asText()) : Optional.empty()));
    }
    return read;
  }

  private static CatalogueModel.Logits logits(JsonNode logits) {
    if (logits.has("scale")) {
      return new CatalogueModel.Logits.Stated(
          logits.get("scale").floatValue(),
          logits.path("bias").floatValue(),
          logits.path("from").asText("the catalogue"));
    }
    return new CatalogueModel.Logits.InWeights(
        text(logits, "repository"), text(logits, "revision"), text(logits, "file"));
  }

  private static String text(JsonNode node, String field) {
    if (!node.path(field).isValueNode()) {
      throw new IllegalArgumentException(field + " is missing");
    }
    return node.get(field).asText();
  }
}
