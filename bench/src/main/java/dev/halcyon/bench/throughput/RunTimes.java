package dev.halcyon.bench.throughput;

import dev.halcyon.clip.EngineObserver;
import java.util.concurrent.atomic.LongAdder;

/** Sums over the batches that ran, and over the looks into the cache. Safe for any thread. */
final class RunTimes implements EngineObserver {
  private final LongAdder batches = new LongAdder();
  private final LongAdder images = new LongAdder();
  private final LongAdder waitNanos = new LongAdder();
  private final LongAdder runNanos = new LongAdder();
  private final LongAdder found = new LongAdder();

  @Override
  public void batchRan(int ran, long waited, long nanos) {
    batches.increment();
    images.add(ran);
    waitNanos.add(waited);
    runNanos.add(nanos);
  }

  @Override
  public void cacheLookedUp(CacheLookup result) {
    if (result != CacheLookup.MISS) {
      found.increment();
    }
  }

  void reset() {
    batches.reset();
    images.reset();
    waitNanos.reset();
    runNanos.reset();
    found.reset();
  }

  double meanBatch() {
    return (double) images.sum() / Math.max(1, batches.sum());
  }

  double meanRunMillis() {
    return runNanos.sum() / 1e6 / Math.max(1, batches.sum());
  }

  /** From a batch's first image to its run. */
  double meanWaitMillis() {
    return waitNanos.sum() / 1e6 / Math.max(1, batches.sum());
  }

  long found() {
    return found.sum();
  }
}
