package dev.halcyon.bench.kill;

import dev.halcyon.app.config.GroupProtocol;
import dev.halcyon.app.config.Guarantee;

/**
 * One run of the matrix.
 *
 * @param brokers brokers of the cluster
 * @param fault what is done
 * @param times how often
 * @param uploads how many uploads there are in all
 * @param remembering whether the window has its store; without it, uploads must get lost
 */
record Cell(
    Guarantee guarantee,
    GroupProtocol protocol,
    int brokers,
    Fault fault,
    int times,
    int uploads,
    boolean remembering) {
  /** What is expected, as a test of the audit. */
  boolean holds(AuditReport audit) {
    if (!remembering) {
      return audit.lost() > 0;
    }
    boolean nothingLost = audit.lost() == 0 && audit.disagreeing() == 0 && audit.unfinished() == 0;
    return guarantee == Guarantee.EXACTLY_ONCE_V2
        ? nothingLost && audit.duplicated() == 0 && audit.reordered() == 0
        : nothingLost;
  }
}
