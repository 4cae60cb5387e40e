package dev.halcyon.clip.batch;

import dev.halcyon.clip.EngineBrokenException;
import dev.halcyon.clip.EngineObserver;
import dev.halcyon.clip.RejectReason;
import dev.halcyon.clip.RejectedImageException;

/**
 * Runs batches on one runner and finds out who is at fault when one fails.
 *
 * <p>A batch the device has no memory for is run again in halves, and lowers the limit for all. A
 * batch that fails otherwise is halved until the items that fail alone are known. Before such an
 * item is blamed, a probe, an item of zeros, must succeed: if the probe fails as well, the device
 * is broken. An output that is not finite, or all zeros where its runner gives none, counts as a
 * failure of its item. The probe is also how the device is tried before the first image.
 *
 * <p>Owned by one thread.
 */
final class Lane implements AutoCloseable {
  /** What became of each item: an embedding or a refusal. */
  record Result(float[][] embeddings, RejectedImageException[] refusals) {}

  private final BatchRunner runner;
  private final int maxItems;
  private final BatchLimit limit;
  private final EngineObserver observer;
  private final Runnable runBegins;
  private final BatchMemory probe;
  private BatchMemory scratch;

  /**
   * A lane over a runner, which it closes.
   *
   * @param runBegins told before each run on the device
   */
  Lane(
      BatchRunner runner,
      int maxItems,
      BatchLimit limit,
      EngineObserver observer,
      Runnable runBegins) {
    this.runner = runner;
    this.maxItems = maxItems;
    this.limit = limit;
    this.observer = observer;
    this.runBegins = runBegins;
    this.probe = runner.allocate(1);
  }

  /**
   * Runs the first items of a memory.
   *
   * @throws EngineBrokenException if the device is at fault
   */
  Result execute(BatchMemory memory, int items) {
    Result result = new Result(new float[items][], new RejectedImageException[items]);
    attempt(memory, 0, items, result);
    return result;
  }

  /**
   * Checks that the device computes.
   *
   * @throws EngineBrokenException if it does not
   */
  void probe() {
    try {
      runBegins.run();
      runner.run(probe, 1);
      if (isUsable(probe.read(0))) {
        return;
      }
    } catch (BatchFailedException e) {
      throw broken("it fails on any image: " + e.getMessage(), e);
    }
    throw broken("it gives no finite embedding for any image", null);
  }

  /**
   * Checks that the device computes, and runs every size once whose first run costs more than
   * others. What a device keeps for each thread is made here too, so it is called by the thread
   * that runs the batches.
   *
   * @throws EngineBrokenException if it does not compute
   */
  void warm() {
    probe();
    for (int size : runner.sizesToWarm(maxItems)) {
      if (!warm(size)) {
        return;
      }
    }
  }

  /** Whether it is worth going on to the next size; what fails here is dealt with if it happens. */
  private boolean warm(int size) {
    try {
      runBegins.run();
      runner.run(scratch(), size);
      return true;
    } catch (BatchFailedException e) {
      if (e.kind() == BatchFailedException.Kind.OUT_OF_MEMORY) {
        limit.outOfMemory(size);
      }
      return false;
    }
  }

  private void attempt(BatchMemory memory, int from, int items, Result result) {
    if (items > limit.items()) {
      halve(memory, from, items, result);
      return;
    }
    try {
      BatchMemory ran = memory;
      if (from > 0 || items < result.embeddings().length) {
        ran = scratch();
        ran.copyFrom(memory, from, items);
      }
      runBegins.run();
      runner.run(ran, items);
      for (int i = 0; i < items; i++) {
        float[] embedding = ran.read(i);
        if (isUsable(embedding)) {
          result.embeddings()[from + i] = embedding;
        } else {
          blame(from + i, "its embedding is not finite", result);
        }
      }
      limit.succeeded(items);
    } catch (BatchFailedException e) {
      switch (e.kind()) {
        case DEVICE_LOST -> throw broken("the device is lost: " + e.getMessage(), e);
        case OUT_OF_MEMORY -> {
          if (items == 1) {
            throw broken("its memory does not hold one image: " + e.getMessage(), e);
          }
          limit.outOfMemory(items);
          halve(memory, from, items, result);
        }
        case FAILED -> {
          if (items == 1) {
            blame(from, e.getMessage(), result);
          } else {
            halve(memory, from, items, result);
          }
        }
      }
    }
  }

  private void halve(BatchMemory memory, int from, int items, Result result) {
    int half = items / 2;
    attempt(memory, from, half, result);
    attempt(memory, from + half, items - half, result);
  }

  private void blame(int item, String why, Result result) {
    probe();
    observer.imageRefused();
    result.refusals()[item] =
        new RejectedImageException(
            RejectReason.ENGINE_REFUSED,
            "the model fails on this image alone and accepts others: " + why);
  }

  private BatchMemory scratch() {
    if (scratch == null) {
      scratch = runner.allocate(maxItems);
    }
    return scratch;
  }

  private boolean isUsable(float[] embedding) {
    float largest = 0;
    for (float value : embedding) {
      if (!Float.isFinite(value)) {
        return false;
      }
      largest = Math.max(largest, Math.abs(value));
    }
    return largest > 0 || runner.mayGiveZeros();
  }

  private static EngineBrokenException broken(String why, Throwable cause) {
    return new EngineBrokenException("the engine is broken: " + why, cause);
  }

  @Override
  public void close() {
    if (scratch != null) {
      scratch.close();
    }
    probe.close();
    runner.close();
  }
}
