package dev.halcyon.app.models;

import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A file of a model in a repository.
 *
 * @param repository owner and name
 * @param revision commit or branch
 * @param path its path in the repository, with slashes
 * @param target its path in the model's folder
 * @param bytes its length, where it is published
 * @param approximateBytes its length as people write it, 0 where nobody has
 * @param sha256 its SHA-256 in hex, where it is published
 */
public record CatalogueFile(
    String repository,
    String revision,
    String path,
    String target,
    OptionalLong bytes,
    long approximateBytes,
    Optional<String> sha256) {
  public CatalogueFile {
    Objects.requireNonNull(bytes, "bytes");
    requireInside("repository", repository);
    requireInside("revision", revision);
    requireInside("from", path);
    requireInside("to", target);
    if (sha256.isPresent() && !sha256.get().matches("[0-9a-f]{64}")) {
      throw new IllegalArgumentException(
          "sha256 of " + path + " is \"" + sha256.get() + "\", not 64 hex digits");
    }
  }

  /** Length for a progress bar: exact where known. */
  public long expectedBytes() {
    return bytes.orElse(approximateBytes);
  }

  /** A catalogue may come from anywhere; what it names must stay in its folder. */
  private static void requireInside(String field, String path) {
    boolean sound = path.matches("[A-Za-z0-9][A-Za-z0-9._/-]{0,200}") && !path.contains("//");
    for (String part : path.split("/", -1)) {
      sound &= !part.isEmpty() && !part.startsWith(".");
    }
    if (!sound) {
      throw new IllegalArgumentException(
          field
              + " \""
              + path
              + "\" is no plain relative path; use letters, digits, '.', '_', '-' and '/', no part"
              + " beginning with '.'");
    }
  }
}
