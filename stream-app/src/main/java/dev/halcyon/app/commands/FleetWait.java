package dev.halcyon.app.commands;

import dev.halcyon.events.LabelSetState;
import dev.halcyon.events.LabelSetStatus;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/** Waits until every instance has taken up a version of a label set, or refused it. */
final class FleetWait {
  private static final Duration PATIENCE = Duration.ofSeconds(15);
  private static final Duration PAUSE = Duration.ofMillis(100);
  private static final Set<LabelSetState> SETTLED =
      Set.of(LabelSetState.ACTIVE, LabelSetState.REFUSED, LabelSetState.RETIRED);

  private final LabelTopics topics;

  FleetWait(LabelTopics topics) {
    this.topics = topics;
  }

  /**
   * How each instance stands to a version, once all have said so or time is over: instances that
   * say anything at all are those that are waited for.
   *
   * @param scored whether instances score by the set at all; a draft or retired one is only loaded
   */
  List<LabelSetStatus> until(String name, int version, boolean scored) {
    long started = System.nanoTime();
    while (true) {
      List<LabelSetStatus> fleet = topics.fleet();
      Set<String> instances =
          fleet.stream().map(LabelSetStatus::getInstanceId).collect(Collectors.toSet());
      List<LabelSetStatus> own =
          fleet.stream()
              .filter(status -> status.getName().equals(name) && status.getVersion() == version)
              .toList();
      long settled =
          own.stream()
              .filter(
                  status ->
                      SETTLED.contains(status.getState())
                          || (!scored && status.getState() == LabelSetState.LOADED))
              .count();
      if (settled == instances.size() || System.nanoTime() - started > PATIENCE.toNanos()) {
        return own;
      }
      LockSupport.parkNanos(PAUSE.toNanos());
    }
  }
}
