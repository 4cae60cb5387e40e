package dev.halcyon.clip;

/**
 * Told what the engine does, for metrics. Methods are called on engine threads and must return at
 * once; durations are in nanoseconds.
 */
public interface EngineObserver {
  /** Ignores everything. */
  EngineObserver NONE = new EngineObserver() {};

  /** A remote image arrived. */
  default void fetched(long bytes, long nanos) {}

  /** An image was decoded. */
  default void decoded(long nanos) {}

  /** A picture was written into a batch, waiting for room included. */
  default void batched(long nanos) {}

  /**
   * A batch ran.
   *
   * @param images how many images it held
   * @param waitNanos age of its oldest image when it started
   * @param runNanos time on the device, retries included
   */
  default void batchRan(int images, long waitNanos, long runNanos) {}

  /** The device ran out of memory, or has recovered: batches now hold at most this many. */
  default void batchLimitChanged(int images) {}

  /** The model refused an image alone. */
  default void imageRefused() {}

  /** What looking for evidence of identical bytes gave. */
  enum CacheLookup {
    /** Found. */
    HIT,
    /** Another upload of the same bytes is being analyzed; this one shares its evidence. */
    JOINED,
    /** Not there: the image is analyzed. */
    MISS
  }

  /** Evidence of identical bytes was looked for. */
  default void cacheLookedUp(CacheLookup result) {}

  /** What looking for written text gave. */
  enum TextFinding {
    /** A glance showed none, and a look was not asked for. */
    UNLIKELY,
    /** None was found. */
    NONE,
    /** Some was found. */
    FOUND
  }

  /** Written text was looked for in an image; the time includes waiting for the detector. */
  default void textLooked(TextFinding finding, long nanos) {}
}
