package dev.halcyon.events.wire;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;

/** Which earlier versions of a subject a new one must get along with, and in which direction. */
enum Compatibility {
  NONE(false, false, false),
  BACKWARD(true, false, false),
  BACKWARD_TRANSITIVE(true, false, true),
  FORWARD(false, true, false),
  FORWARD_TRANSITIVE(false, true, true),
  FULL(true, true, false),
  FULL_TRANSITIVE(true, true, true);

  private final boolean readsOlder;
  private final boolean olderReads;
  private final boolean transitive;

  Compatibility(boolean readsOlder, boolean olderReads, boolean transitive) {
    this.readsOlder = readsOlder;
    this.olderReads = olderReads;
    this.transitive = transitive;
  }

  static Optional<Compatibility> named(String name) {
    return Arrays.stream(values())
        .filter(level -> level.name().equals(name.toUpperCase(Locale.ROOT)))
        .findFirst();
  }

  /**
   * What stands against a new version.
   *
   * @param earlier oldest first
   * @return one sentence a problem; empty where there is none
   */
  List<String> problems(Schema fresh, List<Schema> earlier) {
    List<String> problems = new ArrayList<>();
    int first = transitive ? 0 : Math.max(0, earlier.size() - 1);
    for (Schema old : earlier.subList(first, earlier.size())) {
      if (readsOlder) {
        problems.addAll(problems("the new schema cannot read what the old one wrote", fresh, old));
      }
      if (olderReads) {
        problems.addAll(problems("the old schema cannot read what the new one writes", old, fresh));
      }
    }
    return problems;
  }

  private static List<String> problems(String what, Schema reader, Schema writer) {
    return SchemaCompatibility.checkReaderWriterCompatibility(reader, writer)
        .getResult()
        .getIncompatibilities()
        .stream()
        .map(
            incompatibility ->
                what
                    + ": "
                    + incompatibility.getType()
                    + " at "
                    + incompatibility.getLocation()
                    + ": "
                    + incompatibility.getMessage())
        .toList();
  }
}
