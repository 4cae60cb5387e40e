package dev.halcyon.app.commands;

import dev.halcyon.app.console.Terminal;
import dev.halcyon.app.labels.LabelSetStore;
import dev.halcyon.app.labels.PublishResult;
import dev.halcyon.app.labels.StoredVersion;
import dev.halcyon.events.LabelSetState;
import dev.halcyon.events.LabelSetStatus;
import dev.halcyon.labels.ChangeText;
import dev.halcyon.labels.LabelSet;
import dev.halcyon.labels.LabelSetDiff;
import dev.halcyon.labels.LabelStatus;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;

/** Says what became of publishing a label set; of a conflict, what the others changed. */
final class PublishReport {
  private final PrintWriter out;
  private final PrintWriter err;
  private final Optional<FleetWait> wait;

  /** Reports what the topic says. */
  PublishReport(PrintWriter out, PrintWriter err) {
    this(out, err, Optional.empty());
  }

  /**
   * Reports.
   *
   * @param wait waits for the fleet after a change, where that was asked for
   */
  PublishReport(PrintWriter out, PrintWriter err, Optional<FleetWait> wait) {
    this.out = out;
    this.err = err;
    this.wait = wait;
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
              + " is published"
              + (wait.isPresent()
                  ? ""
                  : "; 'halcyon labels status' shows when each instance has it"));
      return wait.map(fleet -> await(fleet, set, published.version().version()))
          .orElse(ExitCode.OK);
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

  private int await(FleetWait fleet, LabelSet set, int version) {
    boolean scored = set.status().compareTo(LabelStatus.SHADOW) >= 0;
    List<LabelSetStatus> standing = fleet.until(set.name(), version, scored);
    Rows.print(out, standing.stream().map(LabelsStatus::standing).toList(), false);
    boolean refused =
        standing.stream().anyMatch(status -> status.getState() == LabelSetState.REFUSED);
    return refused ? ExitCode.FAILED : ExitCode.OK;
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
