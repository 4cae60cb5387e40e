package dev.halcyon.app.labels;

import java.time.Duration;

/** A moment by which something must be done, by the machine's steady clock. */
final class Deadline {
  private final Duration length;
  private final long endNanos;

  private Deadline(Duration length) {
    this.length = length;
    this.endNanos = System.nanoTime() + length.toNanos();
  }

  static Deadline in(Duration length) {
    return new Deadline(length);
  }

  boolean isOver() {
    return System.nanoTime() - endNanos >= 0;
  }

  /** What is left, at least a millisecond, so that a last call can still say what is wrong. */
  Duration left() {
    long nanos = endNanos - System.nanoTime();
    return nanos < 1_000_000 ? Duration.ofMillis(1) : Duration.ofNanos(nanos);
  }

  /** The whole of it, as it was given. */
  Duration length() {
    return length;
  }
}
