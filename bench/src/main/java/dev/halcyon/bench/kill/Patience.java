package dev.halcyon.bench.kill;

import java.time.Duration;

/**
 * How much longer to wait, in time during which this process ran: a machine that was suspended is
 * no sign of a stream that is stuck. To be asked several times a second. Used by one thread.
 */
final class Patience {
  private static final long LONGEST_STEP_NANOS = Duration.ofSeconds(2).toNanos();

  private final long wholeNanos;
  private long spentNanos;
  private long askedNanos = System.nanoTime();

  Patience(Duration whole) {
    wholeNanos = whole.toNanos();
  }

  void renew() {
    spentNanos = 0;
    askedNanos = System.nanoTime();
  }

  boolean isOver() {
    long now = System.nanoTime();
    spentNanos += Math.min(LONGEST_STEP_NANOS, now - askedNanos);
    askedNanos = now;
    return spentNanos > wholeNanos;
  }
}
