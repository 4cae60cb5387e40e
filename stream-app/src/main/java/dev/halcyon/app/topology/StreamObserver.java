package dev.halcyon.app.topology;

import dev.halcyon.events.AlertEvent;
import dev.halcyon.events.BiasReport;
import dev.halcyon.events.RejectEvent;
import dev.halcyon.events.TagEvent;
import java.time.Duration;
import java.util.List;

/**
 * Told what happens in the stream, for metrics. Called by stream threads, which it must not hold
 * up; what it is told may yet be undone when a transaction aborts.
 */
public interface StreamObserver {
  /** Observes nothing. */
  StreamObserver NONE = new StreamObserver() {};

  /** Images or inline bytes entered (positive) or left (negative) the windows. */
  default void windowChanged(int images, long bytes) {}

  /** Uploads were found pending when a partition was taken over. */
  default void restored(int uploads) {}

  /** A stream thread waited for room in a full window. */
  default void waitedForRoom(Duration wait) {}

  /** An upload was remembered but not yet handed to the engine, as there was no room. */
  default void deferred() {}

  /** The engine was done with an upload this long after it was given it. */
  default void analyzed(Duration time) {}

  /** An upload was decided. */
  default void decided(TagEvent tags, List<AlertEvent> alerts) {}

  /** A canary picture was decided; it is counted nowhere else. */
  default void canaryDecided() {}

  /** Rates were reported. */
  default void biasReported(BiasReport report) {}

  /** This instance reports no rates any more. */
  default void biasReportsEnded() {}

  /** An upload was rejected. */
  default void rejected(RejectEvent reject) {}
}
