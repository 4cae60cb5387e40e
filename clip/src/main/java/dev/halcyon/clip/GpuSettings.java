package dev.halcyon.clip;

import java.util.Objects;

/**
 * How an NVIDIA GPU is used. Without meaning on the CPU.
 *
 * @param memoryLimitBytes most device memory the runtime's arena takes; 0 leaves it all to it. The
 *     libraries' own workspaces come on top.
 * @param arenaGrowth by how much the arena grows when it is full
 * @param convolutionSearch how cuDNN's algorithm is chosen for each new shape of a convolution
 * @param tf32 whether fp32 matrix products may round their factors to 10 bits of mantissa
 * @param tensorRtFp16 whether TensorRT may compute an fp32 graph in half precision
 * @param tensorRtCacheDirectory where built TensorRT engines are kept for the next start; empty
 *     keeps none
 */
public record GpuSettings(
    long memoryLimitBytes,
    ArenaGrowth arenaGrowth,
    ConvolutionSearch convolutionSearch,
    boolean tf32,
    boolean tensorRtFp16,
    String tensorRtCacheDirectory) {

  /** By how much the device memory's arena grows. */
  public enum ArenaGrowth {
    /** By what was asked for. */
    AS_REQUESTED,
    /** To the next power of two: fewer allocations, up to twice the memory. */
    POWER_OF_TWO
  }

  /** How cuDNN's algorithm is chosen. */
  public enum ConvolutionSearch {
    /** By cuDNN's heuristics. */
    HEURISTIC,
    /** By trying all: seconds for each new shape. */
    EXHAUSTIVE,
    /** The same one always. */
    DEFAULT
  }

  public GpuSettings {
    Objects.requireNonNull(arenaGrowth, "arenaGrowth");
    Objects.requireNonNull(convolutionSearch, "convolutionSearch");
    Objects.requireNonNull(tensorRtCacheDirectory, "tensorRtCacheDirectory");
    if (memoryLimitBytes < 0) {
      throw new IllegalArgumentException(
          "memoryLimitBytes " + memoryLimitBytes + " is out of range: give 0 or more");
    }
  }

  /** What suits image encoders, which have one convolution and batches of few sizes. */
  public static GpuSettings defaults() {
    return new GpuSettings(
        0, ArenaGrowth.AS_REQUESTED, ConvolutionSearch.HEURISTIC, true, true, "");
  }
}
