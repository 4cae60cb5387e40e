package dev.halcyon.clip.batch;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;

/** Time as the batcher sees it, so that tests can hold it. */
interface Ticker {
  /** The machine's monotonic clock. */
  Ticker SYSTEM =
      new Ticker() {
        @Override
        public long nanoTime() {
          return System.nanoTime();
        }

        @Override
        @SuppressWarnings("WaitNotInLoop") // callers loop
        public void await(Lock lock, Condition condition, long nanos) throws InterruptedException {
          condition.awaitNanos(nanos);
        }
      };

  long nanoTime();

  /**
   * Waits until the condition is signalled or the time has passed; may return early.
   *
   * @param lock the condition's lock, held by the caller
   */
  void await(Lock lock, Condition condition, long nanos) throws InterruptedException;
}
