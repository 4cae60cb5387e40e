package dev.halcyon.app.models;

import java.util.Optional;

/**
 * A file that was fetched and is what it should be.
 *
 * @param bytes its length
 * @param sha256 its SHA-256 in hex
 * @param trust what vouches for it
 * @param commit the commit it came from, where the repository said so
 */
public record PulledFile(
    CatalogueFile file, long bytes, String sha256, Trust trust, Optional<String> commit) {

  /** What vouches for a file, the strongest first. */
  public enum Trust {
    /** The catalogue states its hash. */
    PINNED("the catalogue"),
    /** An earlier fetch recorded the same. */
    LOCKED("the lock file"),
    /** The repository published its hash beside it. */
    PUBLISHED("the repository"),
    /** Nobody: it was recorded for the next time. */
    FIRST_USE("not pinned");

    private final String words;

    Trust(String words) {
      this.words = words;
    }

    /** For people. */
    public String words() {
      return words;
    }
  }
}
