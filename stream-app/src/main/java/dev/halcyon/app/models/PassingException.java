package dev.halcyon.app.models;

import java.time.Duration;
import java.util.Optional;

/** A request failed for a reason that may pass. */
final class PassingException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient Optional<Duration> pause;

  /**
   * A failure that may pass.
   *
   * @param pause how long to wait, where the server says so
   */
  PassingException(String message, Optional<Duration> pause) {
    super(message);
    this.pause = pause;
  }

  Optional<Duration> pause() {
    return pause;
  }
}
