package dev.halcyon.app.labels;

import java.util.Optional;

/** What became of publishing a label set. */
public sealed interface PublishResult {
  /** It is in the topic. */
  record Published(StoredVersion version) implements PublishResult {}

  /** It is what the topic holds already; nothing was written. */
  record Unchanged(StoredVersion current) implements PublishResult {}

  /**
   * Somebody else was first; nothing was written.
   *
   * @param current what the topic holds now; empty where the set is not there (any more)
   */
  record Conflict(Optional<StoredVersion> current) implements PublishResult {}
}
