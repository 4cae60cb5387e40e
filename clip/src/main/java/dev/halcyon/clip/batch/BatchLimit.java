package dev.halcyon.clip.batch;

import dev.halcyon.clip.EngineObserver;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How many items a batch may hold just now. Halved when the device runs out of memory; doubled
 * again, up to the maximum, after a long run of batches that used the whole limit without trouble,
 * because what took the memory may have gone. Safe for use by any thread.
 */
final class BatchLimit {
  /** Batches at the limit before a larger one is tried: a failed try costs two runs. */
  static final int GROW_AFTER_BATCHES = 256;

  private static final Logger LOG = LoggerFactory.getLogger(BatchLimit.class);

  private final int max;
  private final EngineObserver observer;
  private volatile int items;
  private int fullBatches;

  BatchLimit(int max, EngineObserver observer) {
    this.max = max;
    this.observer = observer;
    this.items = max;
  }

  int items() {
    return items;
  }

  synchronized void outOfMemory(int tried) {
    int halved = Math.max(1, tried / 2);
    fullBatches = 0;
    if (halved < items) {
      LOG.warn(
          "the device ran out of memory on a batch of {}: batches now hold {} of at most {}",
          tried,
          halved,
          max);
      items = halved;
      observer.batchLimitChanged(halved);
    }
  }

  synchronized void succeeded(int ran) {
    if (items == max || ran < items) {
      return;
    }
    fullBatches++;
    if (fullBatches >= GROW_AFTER_BATCHES) {
      fullBatches = 0;
      items = Math.min(max, items * 2);
      LOG.info("batches may hold {} again", items);
      observer.batchLimitChanged(items);
    }
  }
}
