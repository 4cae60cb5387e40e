package dev.halcyon.clip.batch;

import java.util.List;

/**
 * A device that computes batches, or one of several lanes into it. Used by one thread at a time;
 * {@link BatchMemory} it gave may be written by others meanwhile.
 */
public interface BatchRunner extends AutoCloseable {
  /** Most items the device takes in a batch. */
  int maxItems();

  /** Memory for batches of up to so many items, all zero. Called a few times, at the start. */
  BatchMemory allocate(int items);

  /**
   * Computes the first {@code items} items of a memory, and returns when their outputs are there.
   *
   * @throws BatchFailedException if it could not; the memory's inputs are unchanged
   */
  void run(BatchMemory memory, int items) throws BatchFailedException;

  /**
   * Sizes of batches above 1 to run once before the first image: each that costs more the first
   * time, as on a GPU, which chooses its kernels by shape. In rising order.
   *
   * @param most largest batch there will be
   */
  default List<Integer> sizesToWarm(int most) {
    return List.of();
  }

  /** Whether an output of nothing but zeros is sound; as an embedding it has no direction. */
  default boolean mayGiveZeros() {
    return false;
  }

  /**
   * Whether runs wait for those of other lanes, as a GPU's do, which computes one batch after the
   * other. A batch that is not full then gains nothing from being handed over while another runs.
   */
  default boolean queuesBehindOtherLanes() {
    return false;
  }

  @Override
  void close();
}
