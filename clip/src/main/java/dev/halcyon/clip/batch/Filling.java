package dev.halcyon.clip.batch;

import dev.halcyon.clip.RejectedImageException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * A batch memory and the images in it. Guarded by the batcher's lock, but for the memory's places,
 * each written by the thread that claimed it.
 */
final class Filling {
  /** One image's place in a batch. */
  static final class Item {
    private final CompletableFuture<float[]> future;
    private Throwable writeFailure;

    private Item(CompletableFuture<float[]> future) {
      this.future = future;
    }

    void complete(float[] embedding, RejectedImageException refusal) {
      if (writeFailure != null) {
        future.completeExceptionally(writeFailure);
      } else if (refusal != null) {
        future.completeExceptionally(refusal);
      } else {
        future.complete(embedding);
      }
    }

    void fail(Throwable reason) {
      future.completeExceptionally(reason);
    }
  }

  private final BatchMemory memory;
  private List<Item> items = new ArrayList<>();
  private int written;
  private long oldestNanos;

  Filling(BatchMemory memory) {
    this.memory = memory;
  }

  BatchMemory memory() {
    return memory;
  }

  int claimed() {
    return items.size();
  }

  /** When its first place was claimed. */
  long oldestNanos() {
    return oldestNanos;
  }

  int claim(CompletableFuture<float[]> future, long nowNanos) {
    if (items.isEmpty()) {
      oldestNanos = nowNanos;
    }
    items.add(new Item(future));
    return items.size() - 1;
  }

  void written(int place, Throwable failure) {
    written++;
    if (place < items.size()) {
      items.get(place).writeFailure = failure;
    }
  }

  boolean isWritten() {
    return written >= items.size();
  }

  /** The images in it. */
  List<Item> items() {
    return items;
  }

  /** Empties the batch for its next round and gives what was in it. */
  List<Item> recycle() {
    List<Item> done = items;
    items = new ArrayList<>();
    written = 0;
    return done;
  }
}
