package dev.halcyon.app.commands;

import dev.halcyon.app.labels.LabelSetStore;
import dev.halcyon.app.labels.StoredVersion;
import dev.halcyon.labels.LabelSet;
import dev.halcyon.labels.ReadResult;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Stored label sets as commands name and show them. */
final class StoredLabelSets {
  private StoredLabelSets() {}

  /**
   * A stored version, the one in force where none is asked for.
   *
   * @throws BadInputException if there is none, with what there is
   */
  static StoredVersion get(LabelSetStore store, String name, Optional<Integer> version) {
    Optional<StoredVersion> found =
        version.isPresent() ? store.get(name, version.get()) : store.get(name);
    return found.orElseThrow(
        () ->
            version.isPresent()
                ? new BadInputException(
                    name
                        + ": there is no version "
                        + version.get()
                        + "; see 'halcyon labels history "
                        + name
                        + "'")
                : unknown(name, store));
  }

  /** That there is no set of a name, with the names there are. */
  static BadInputException unknown(String name, LabelSetStore store) {
    return new BadInputException(
        name
            + ": no such label set; there are: "
            + String.join(", ", store.contents().sets().keySet()));
  }

  /**
   * The set of a stored version.
   *
   * @throws BadInputException if its document cannot be read, with every problem
   */
  static LabelSet labelSet(StoredVersion stored) {
    ReadResult result = stored.read();
    if (result instanceof ReadResult.Faulty faulty) {
      throw LabelSetFile.refused(
          stored.name() + "@" + stored.version(),
          faulty.problems().stream().map(Object::toString).toList());
    }
    return ((ReadResult.Read) result).labelSet();
  }

  /** A stored version as a row of a table. */
  static Map<String, Object> summary(StoredVersion stored) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("name", stored.name());
    row.put("version", stored.version());
    row.put(
        "labels",
        stored.read() instanceof ReadResult.Read read ? read.labelSet().labels().size() : 0);
    row.put("contentHash", stored.contentHash().substring(0, 12));
    row.put("author", stored.author());
    row.put("publishedAt", stored.publishedAt().truncatedTo(ChronoUnit.SECONDS).toString());
    row.put("reason", stored.reason());
    return row;
  }
}
