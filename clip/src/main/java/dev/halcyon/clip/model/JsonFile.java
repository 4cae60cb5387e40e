package dev.halcyon.clip.model;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.halcyon.clip.ModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads one of a model's JSON files. */
final class JsonFile {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private JsonFile() {}

  static JsonNode read(Path file) {
    try {
      JsonNode node = MAPPER.readTree(Files.readAllBytes(file));
      if (node == null || !node.isObject()) {
        throw new ModelException(file + ": not a JSON object; copy or fetch the model again");
      }
      return node;
    } catch (JacksonException e) {
      throw new ModelException(
          file + ": not JSON: " + e.getOriginalMessage() + "; copy or fetch the model again", e);
    } catch (IOException e) {
      throw new ModelException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }

  /** Stands for a file that is not there: every path in it is missing. */
  static JsonNode none() {
    return MissingNode.getInstance();
  }
}
