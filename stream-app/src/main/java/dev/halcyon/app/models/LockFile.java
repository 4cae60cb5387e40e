package dev.halcyon.app.models;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;

/**
 * What was fetched the first time, so that every later fetch must bring the same: {@code
 * models.lock.json} in the folder of models, meant to be kept under version control.
 */
final class LockFile {
  static final String NAME = "models.lock.json";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path file;
  private final ObjectNode root;

  private LockFile(Path file, ObjectNode root) {
    this.file = file;
    this.root = root;
  }

  static LockFile open(Path folder) throws PullException {
    Path file = folder.resolve(NAME);
    if (!Files.isRegularFile(file)) {
      return new LockFile(file, JSON.createObjectNode());
    }
    try {
      JsonNode read = JSON.readTree(Files.readAllBytes(file));
      if (read instanceof ObjectNode root) {
        return new LockFile(file, root);
      }
    } catch (IOException e) {
      throw new PullException(file + ": cannot be read: " + e.getMessage(), e);
    }
    throw new PullException(
        file + ": not a JSON object; restore it from version control, or delete it to trust anew");
  }

  Path file() {
    return file;
  }

  /** What a file hashed to when it was first fetched. */
  Optional<String> sha256(String folder, String target) {
    JsonNode hash = root.path(folder).path("files").path(target).path("sha256");
    return hash.isTextual() ? Optional.of(hash.asText()) : Optional.empty();
  }

  /** Records a model and writes the file in one step. */
  void record(String folder, List<PulledFile> files) throws PullException {
    ObjectNode entry = root.putObject(folder);
    ObjectNode listed = entry.putObject("files");
    for (PulledFile pulled : files) {
      ObjectNode one = listed.putObject(pulled.file().target());
      one.put("sha256", pulled.sha256());
      one.put("bytes", pulled.bytes());
      one.put("from", pulled.file().repository() + "/" + pulled.file().path());
      one.put("revision", pulled.commit().orElse(pulled.file().revision()));
    }
    try {
      Path draft = file.resolveSibling(NAME + ".new");
      Files.writeString(draft, root.toPrettyString() + System.lineSeparator());
      Files.move(draft, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new PullException(file + ": cannot be written: " + e.getMessage(), e);
    }
  }
}
