package dev.halcyon.app.commands;

import dev.halcyon.app.config.AppConfig;
import dev.halcyon.app.labels.StoredVersion;
import dev.halcyon.labels.LabelSet;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A label set a command starts from.
 *
 * @param set the set
 * @param basedOn the version it was made from, so that what is made of it can say so too
 */
record SourceSet(LabelSet set, Optional<Integer> basedOn) {

  /**
   * Opens what a command line names.
   *
   * @param side a file, the name of a set in force, or a name with {@code @} and a version
   * @throws BadInputException if it is none of these
   */
  static SourceSet open(String side, AppConfig app) {
    Path file = Path.of(side);
    if (Files.isRegularFile(file)) {
      return new SourceSet(LabelSetFile.read(file), LabelSetFile.basedOnVersion(file));
    }
    int at = side.lastIndexOf('@');
    String name = at < 0 ? side : side.substring(0, at);
    Optional<Integer> version = Optional.empty();
    if (at >= 0) {
      try {
        version = Optional.of(Integer.parseInt(side.substring(at + 1)));
      } catch (NumberFormatException e) {
        throw new BadInputException(side + ": neither a file nor NAME@VERSION");
      }
    }
    try (LabelTopics topics = LabelTopics.open(app)) {
      StoredVersion stored = StoredLabelSets.get(topics.store(), name, version);
      return new SourceSet(StoredLabelSets.labelSet(stored), Optional.of(stored.version()));
    }
  }
}
