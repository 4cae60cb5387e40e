package dev.halcyon.clip.batch;

import java.nio.FloatBuffer;
import java.util.function.Consumer;

/**
 * Inputs and outputs of one batch, reused for the life of the engine. Different items may be
 * written by different threads at the same time.
 */
public interface BatchMemory extends AutoCloseable {
  /**
   * Lets a writer fill an item's input.
   *
   * @param writer given exactly the item's floats, from position to limit; the buffer is not to be
   *     kept
   */
  void write(int item, Consumer<FloatBuffer> writer);

  /** A copy of an item's output. */
  float[] read(int item);

  /** Copies inputs of another memory of the same runner to the first items of this one. */
  void copyFrom(BatchMemory other, int from, int items);

  @Override
  void close();
}
