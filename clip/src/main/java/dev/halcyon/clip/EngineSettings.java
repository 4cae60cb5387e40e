package dev.halcyon.clip;

import java.time.Duration;
import java.util.Objects;

/**
 * How the model runs and how its batches are formed.
 *
 * @param provider where the model runs
 * @param deviceId index of the GPU, 0 or above; without meaning on the CPU
 * @param weights which of the model's published weight files to load
 * @param intraOpThreads CPU threads one batch is computed with; 0 shares the machine's processors
 *     among the concurrent batches
 * @param concurrentBatches batches that may run at the same time, on one copy of the weights; 0
 *     takes two on a GPU, and on the CPU one a processor, at most four
 * @param maxBatch most images in a batch, up to 1024; 0 takes 32 on a GPU and 4 on the CPU
 * @param linger longest time an image waits for its batch to fill; zero runs what is there
 * @param runTimeout longest time one batch may take on the device before the device counts as
 *     broken
 * @param memoryPattern whether the runtime plans memory ahead by input shape; AUTO is on for the
 *     CPU and off for GPUs, where it makes memory grow
 * @param gpu how a GPU is used
 */
public record EngineSettings(
    ExecutionProvider provider,
    int deviceId,
    Weights weights,
    int intraOpThreads,
    int concurrentBatches,
    int maxBatch,
    Duration linger,
    Duration runTimeout,
    MemoryPattern memoryPattern,
    GpuSettings gpu) {
  private static final int GPU_BATCHES = 2;
  private static final int GPU_MAX_BATCH = 32;

  /** Threads of one batch wait for the slowest of them; batches of one thread wait for nobody. */
  private static final int CPU_MOST_BATCHES = 4;

  /** One thread gains nothing from a larger batch, in which the first image waits for the last. */
  private static final int CPU_MAX_BATCH = 4;

  /** Which of a model's published weight files to load, where it has several. */
  public enum Weights {
    /** The file without a suffix. */
    DEFAULT,
    /** Half precision: {@code _fp16}. */
    FP16,
    /** Eight-bit weights: {@code _int8} or {@code _quantized}. */
    INT8
  }

  /** Whether the runtime plans memory ahead by input shape. */
  public enum MemoryPattern {
    AUTO,
    ON,
    OFF
  }

  public EngineSettings {
    Objects.requireNonNull(provider, "provider");
    Objects.requireNonNull(weights, "weights");
    Objects.requireNonNull(memoryPattern, "memoryPattern");
    Objects.requireNonNull(gpu, "gpu");
    check(deviceId >= 0, "deviceId", deviceId, "give 0 for the first GPU");
    check(
        intraOpThreads >= 0 && intraOpThreads <= 1024,
        "intraOpThreads",
        intraOpThreads,
        "give 0 to 1024");
    check(
        concurrentBatches >= 0 && concurrentBatches <= 64,
        "concurrentBatches",
        concurrentBatches,
        "give 0 to 64");
    check(maxBatch >= 0 && maxBatch <= 1024, "maxBatch", maxBatch, "give 0 to 1024");
    check(
        !linger.isNegative() && linger.compareTo(Duration.ofSeconds(10)) <= 0,
        "linger",
        linger,
        "give PT0S to PT10S");
    check(
        runTimeout.compareTo(Duration.ofMillis(100)) >= 0
            && runTimeout.compareTo(Duration.ofHours(1)) <= 0,
        "runTimeout",
        runTimeout,
        "give PT0.1S to PT1H");
  }

  /** As the full constructor, with {@link GpuSettings#defaults()}. */
  public EngineSettings(
      ExecutionProvider provider,
      int deviceId,
      Weights weights,
      int intraOpThreads,
      int concurrentBatches,
      int maxBatch,
      Duration linger,
      Duration runTimeout,
      MemoryPattern memoryPattern) {
    this(
        provider,
        deviceId,
        weights,
        intraOpThreads,
        concurrentBatches,
        maxBatch,
        linger,
        runTimeout,
        memoryPattern,
        GpuSettings.defaults());
  }

  /** What suits most machines. */
  public static EngineSettings defaults() {
    return new EngineSettings(
        ExecutionProvider.AUTO,
        0,
        Weights.DEFAULT,
        0,
        0,
        0,
        Duration.ofMillis(10),
        Duration.ofSeconds(60),
        MemoryPattern.AUTO);
  }

  /**
   * These settings for a device, with its number in place of every 0 that leaves the choice open.
   *
   * @param device CPU, CUDA or TENSORRT
   * @param processors processors of the machine, at least 1
   */
  public EngineSettings on(ExecutionProvider device, int processors) {
    boolean cpu = device == ExecutionProvider.CPU;
    int batches =
        concurrentBatches > 0
            ? concurrentBatches
            : cpu ? Math.min(CPU_MOST_BATCHES, processors) : GPU_BATCHES;
    return new EngineSettings(
        device,
        deviceId,
        weights,
        intraOpThreads > 0 ? intraOpThreads : Math.max(1, processors / batches),
        batches,
        maxBatch > 0 ? maxBatch : cpu ? CPU_MAX_BATCH : GPU_MAX_BATCH,
        linger,
        runTimeout,
        memoryPattern,
        gpu);
  }

  /** The same with batches formed in another way. */
  public EngineSettings withBatches(
      int otherConcurrentBatches, int otherMaxBatch, Duration otherLinger) {
    return new EngineSettings(
        provider,
        deviceId,
        weights,
        intraOpThreads,
        otherConcurrentBatches,
        otherMaxBatch,
        otherLinger,
        runTimeout,
        memoryPattern,
        gpu);
  }

  private static void check(boolean valid, String name, Object value, String remedy) {
    if (!valid) {
      throw new IllegalArgumentException(name + " " + value + " is out of range: " + remedy);
    }
  }
}
