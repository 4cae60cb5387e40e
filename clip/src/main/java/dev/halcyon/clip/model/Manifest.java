package dev.halcyon.clip.model;

import com.fasterxml.jackson.databind.JsonNode;
import dev.halcyon.clip.ModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What manifest.json says. Fields meant for people (title, licence, card) are not read here.
 *
 * @param file the manifest itself
 * @param id the model's name
 * @param architecture {@code clip}, {@code siglip}, {@code siglip2}
 * @param dimensions length of an embedding
 * @param contextLength most tokens a prompt may take
 * @param logitScale factor from cosine to similarity
 * @param logitBias added to the similarity, 0 where the manifest has none
 * @param padTokenId token that fills short prompts
 * @param promptPadding {@code longest} or {@code max_length}
 * @param lowercasePrompts whether prompts are lower-cased before the tokenizer sees them
 * @param files stated hash and size by path in the directory
 */
record Manifest(
    Path file,
    String id,
    Optional<String> architecture,
    OptionalInt dimensions,
    OptionalInt contextLength,
    Optional<Float> logitScale,
    float logitBias,
    OptionalInt padTokenId,
    Optional<String> promptPadding,
    Optional<Boolean> lowercasePrompts,
    Map<String, Stated> files) {

  /** What the manifest states of a file. */
  record Stated(String sha256, long bytes) {}

  static Manifest read(Path file, JsonNode json) {
    Map<String, Stated> files = new LinkedHashMap<>();
    JsonNode listed = json.path("files");
    if (!listed.isMissingNode() && !listed.isObject()) {
      throw new ModelException(
          file + ": files is not an object; write \"files\": {\"NAME\": {\"sha256\": ...}}");
    }
    for (Map.Entry<String, JsonNode> entry : listed.properties()) {
      String at = "files[\"" + entry.getKey() + "\"]";
      String hash = entry.getValue().path("sha256").asText("").toLowerCase(Locale.ROOT);
      if (!hash.matches("[0-9a-f]{64}")) {
        throw new ModelException(
            file + ": " + at + ".sha256 is not 64 hex digits; run sha256sum on the file");
      }
      files.put(entry.getKey(), new Stated(hash, entry.getValue().path("bytes").asLong(-1)));
    }
    String id = json.path("id").asText("");
    if (id.isBlank()) {
      throw new ModelException(file + ": id is missing; give the model a name");
    }
    Optional<Float> logitScale = number(file, json, "logitScale").map(Double::floatValue);
    if (logitScale.isPresent() && !(logitScale.get() > 0 && logitScale.get() <= 1000)) {
      throw new ModelException(
          file
              + ": logitScale "
              + logitScale.get()
              + " is outside (0, 1000]; give the factor itself, not its logarithm");
    }
    return new Manifest(
        file,
        id,
        text(json, "architecture"),
        positive(file, json, "embeddingDimensions"),
        positive(file, json, "contextLength"),
        logitScale,
        number(file, json, "logitBias").map(Double::floatValue).orElse(0f),
        whole(file, json, "padTokenId", 0),
        text(json, "promptPadding"),
        json.path("lowercasePrompts").isBoolean()
            ? Optional.of(json.path("lowercasePrompts").asBoolean())
            : Optional.empty(),
        files);
  }

  /** Checks that every listed file is there and unchanged, and every part of the model listed. */
  void verify(FileHashes hashes, Collection<Path> parts) {
    for (Map.Entry<String, Stated> entry : files.entrySet()) {
      Path listed = hashes.root().resolve(entry.getKey()).normalize();
      if (!listed.startsWith(hashes.root().normalize())) {
        throw new ModelException(
            file + ": files[\"" + entry.getKey() + "\"] leaves the directory; name a file in it");
      }
      if (!Files.isRegularFile(listed)) {
        throw new ModelException(
            listed + ": no such file, but manifest.json lists it; copy or fetch the model again");
      }
      verify(listed, entry.getValue(), hashes);
    }
    for (Path part : parts) {
      String name = hashes.root().relativize(part).toString().replace('\\', '/');
      if (!files.isEmpty() && !files.containsKey(name)) {
        throw new ModelException(
            file
                + ": files does not list "
                + name
                + ", which the model needs; add it with its sha256 "
                + hashes.of(part));
      }
    }
  }

  private static void verify(Path listed, Stated stated, FileHashes hashes) {
    try {
      long bytes = Files.size(listed);
      if (stated.bytes() >= 0 && bytes != stated.bytes()) {
        throw new ModelException(
            listed
                + ": has "
                + bytes
                + " bytes, manifest.json says "
                + stated.bytes()
                + "; the copy is incomplete or of another version: copy or fetch the model again");
      }
    } catch (IOException e) {
      throw new ModelException(listed + ": cannot be read: " + e.getMessage(), e);
    }
    String actual = hashes.of(listed);
    if (!actual.equals(stated.sha256())) {
      throw new ModelException(
          listed
              + ": SHA-256 is "
              + actual
              + ", manifest.json says "
              + stated.sha256()
              + "; the file is damaged or of another version: copy or fetch the model again");
    }
  }

  private static Optional<String> text(JsonNode json, String field) {
    return json.path(field).isTextual() ? Optional.of(json.path(field).asText()) : Optional.empty();
  }

  private static Optional<Double> number(Path file, JsonNode json, String field) {
    JsonNode value = json.path(field);
    if (value.isMissingNode() || value.isNull()) {
      return Optional.empty();
    }
    if (!value.isNumber()) {
      throw new ModelException(file + ": " + field + " " + value + " is not a number");
    }
    return Optional.of(value.asDouble());
  }

  private static OptionalInt positive(Path file, JsonNode json, String field) {
    return whole(file, json, field, 1);
  }

  private static OptionalInt whole(Path file, JsonNode json, String field, int least) {
    JsonNode value = json.path(field);
    if (value.isMissingNode() || value.isNull()) {
      return OptionalInt.empty();
    }
    if (!value.isInt() || value.asInt() < least) {
      throw new ModelException(
          file + ": " + field + " " + value + " is not a whole number from " + least);
    }
    return OptionalInt.of(value.asInt());
  }
}
