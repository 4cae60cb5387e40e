package dev.halcyon.bench.throughput;

import dev.halcyon.clip.batch.BatchMemory;
import dev.halcyon.clip.batch.BatchRunner;
import java.nio.FloatBuffer;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * A device that takes a batch's time and computes next to nothing. Like a GPU it has a queue: its
 * lanes may hand it batches while it is busy, and the next begins at the moment the one before
 * ends. Safe for any number of lanes.
 */
final class TimedDevice {
  /** Length of its embeddings. */
  static final int DIMENSIONS = 64;

  /** A sleeping thread wakes up to this late; the rest is waited for awake. */
  private static final long AWAKE_NANOS = 150_000;

  private final int inputFloats;
  private final long batchNanos;
  private final long itemNanos;

  /** When everything in its queue is done. */
  private final AtomicLong free = new AtomicLong(System.nanoTime());

  /**
   * A device.
   *
   * @param batchNanos time of a batch, whatever its size
   * @param itemNanos further time of each item
   */
  TimedDevice(int inputFloats, long batchNanos, long itemNanos) {
    this.inputFloats = inputFloats;
    this.batchNanos = batchNanos;
    this.itemNanos = itemNanos;
  }

  /** A lane into it. */
  BatchRunner lane() {
    return new Lane();
  }

  private final class Lane implements BatchRunner {
    @Override
    public int maxItems() {
      return 1024;
    }

    @Override
    public boolean queuesBehindOtherLanes() {
      return true;
    }

    @Override
    public BatchMemory allocate(int items) {
      return new Memory(items, inputFloats);
    }

    @Override
    public void run(BatchMemory memory, int items) {
      long takes = batchNanos + items * itemNanos;
      long now = System.nanoTime();
      long done = free.updateAndGet(before -> Math.max(before, now) + takes);
      for (long left = done - now; left > 0; left = done - System.nanoTime()) {
        if (left > AWAKE_NANOS) {
          LockSupport.parkNanos(left - AWAKE_NANOS);
        } else {
          Thread.onSpinWait();
        }
      }
    }

    @Override
    public void close() {}
  }

  private static final class Memory implements BatchMemory {
    private final float[][] inputs;

    private Memory(int items, int floats) {
      inputs = new float[items][floats];
    }

    @Override
    public void write(int item, Consumer<FloatBuffer> writer) {
      writer.accept(FloatBuffer.wrap(inputs[item]));
    }

    @Override
    public float[] read(int item) {
      float[] embedding = new float[DIMENSIONS];
      System.arraycopy(inputs[item], 0, embedding, 0, Math.min(DIMENSIONS, inputs[item].length));
      embedding[0] += 1;
      return embedding;
    }

    @Override
    public void copyFrom(BatchMemory other, int from, int items) {
      for (int i = 0; i < items; i++) {
        System.arraycopy(((Memory) other).inputs[from + i], 0, inputs[i], 0, inputs[i].length);
      }
    }

    @Override
    public void close() {}
  }
}
