package dev.halcyon.app.config;

import dev.halcyon.clip.GpuSettings;

/** How a GPU is used; see {@link GpuSettings}. */
public record GpuConfig(
    @Setting("Most device memory in bytes that the runtime's arena takes; 0 sets no limit.")
        long memoryLimitBytes,
    @Setting(
            "By how much the arena grows: AS_REQUESTED, or POWER_OF_TWO, which allocates more"
                + " seldom and takes up to twice the memory.")
        GpuSettings.ArenaGrowth arenaGrowth,
    @Setting(
            "How cuDNN chooses a convolution's algorithm: HEURISTIC, EXHAUSTIVE (tries all at the"
                + " first batch of each size) or DEFAULT.")
        GpuSettings.ConvolutionSearch convolutionSearch,
    @Setting("Whether fp32 models may use TF32, which is faster and rounds factors to 10 bits.")
        boolean tf32,
    @Setting("Whether TensorRT may compute fp32 models in half precision.") boolean tensorRtFp16,
    @Setting(
            "Folder where TensorRT keeps the engines it built, so that the next start need not"
                + " build them; empty keeps none.")
        String tensorRtCacheDirectory) {
  public GpuConfig {
    new GpuSettings(
        memoryLimitBytes,
        arenaGrowth,
        convolutionSearch,
        tf32,
        tensorRtFp16,
        tensorRtCacheDirectory);
  }

  public static GpuConfig defaults() {
    GpuSettings settings = GpuSettings.defaults();
    return new GpuConfig(
        settings.memoryLimitBytes(),
        settings.arenaGrowth(),
        settings.convolutionSearch(),
        settings.tf32(),
        settings.tensorRtFp16(),
        settings.tensorRtCacheDirectory());
  }

  /** The engine's settings. */
  GpuSettings settings() {
    return new GpuSettings(
        memoryLimitBytes,
        arenaGrowth,
        convolutionSearch,
        tf32,
        tensorRtFp16,
        tensorRtCacheDirectory);
  }
}
