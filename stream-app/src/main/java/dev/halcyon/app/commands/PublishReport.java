package dev.halcyon.app.commands;

import dev.halcyon.app.console.Terminal;
import dev.halcyon.app.labels.LabelSetStore;
import dev.halcyon.app.labels.PublishResult;
import dev.halcyon.app.labels.StoredVersion;
import dev.halcyon.labels.ChangeText;
import dev.halcyon.labels.LabelSet;
import dev.halcyon.labels.LabelSetDiff;
import java.io.PrintWriter;
import java.util.Optional;

/** Says what became of publishing a label set; of a conflict, what the others changed. */
final class PublishReport {
  private final PrintWriter out;
  private final PrintWriter err;

  PublishReport(PrintWriter out, PrintWriter err) {
    this.out = out;
    this.err = err;
  }

  /**
   * Publishes a change, and says what became of it.
   *
   * @return the exit code
   */
  int publish(LabelSetStore store, LabelSetStore.Change change) {
    LabelSet set = change.set();
    PublishResult result = store.publish(change);
    if (result instanceof PublishResult.Published published) {
      out.println(
          set.name()
              + ": version "
              + published.version().version()
              + " is published; 'halcyon labels status' shows when each instance has it");
      return ExitCode.OK;
    }
    if (result instanceof PublishResult.Unchanged unchanged) {
      out.println(
          set.name()
              + ": version "
              + unchanged.current().version()
              + " is the same already; nothing was written");
      return ExitCode.OK;
    }
    conflict(
        store, set.name(), change.basedOnVersion(), ((PublishResult.Conflict) result).current());
    return ExitCode.CONFLICT;
  }

  /** Shows what stands where a change was to go. */
  void conflict(
      LabelSetStore store, String name, Optional<Integer> base, Optional<StoredVersion> current) {
    if (current.isEmpty()) {
      err.println(
          "halcyon: "
              + name
              + " is not in force, so there is no version "
              + base.orElse(0)
              + " to change; nothing was written");
      return;
    }
    StoredVersion theirs = current.get();
    err.println(
        "halcyon: "
            + name
            + " is at version "
            + theirs.version()
            + " by "
            + theirs.author()
            + " ("
            + theirs.reason()
            + "), yours was made from "
            + base.map(version -> "version " + version).orElse("nothing")
            + "; nothing was written");
    base.flatMap(version -> store.get(name, version))
        .ifPresent(
            from -> {
              err.println("Their change:");
              err.print(
                  ChangeText.render(
                      LabelSetDiff.between(
                          StoredLabelSets.labelSet(from), StoredLabelSets.labelSet(theirs)),
                      Terminal.wantsColours()));
            });
    err.println("Bring your change to 'halcyon labels get " + name + "' and apply that.");
    err.flush();
  }
}
