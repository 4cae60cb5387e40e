package dev.halcyon.clip.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.halcyon.clip.GpuSettings;
import dev.halcyon.clip.GpuSettings.ArenaGrowth;
import dev.halcyon.clip.GpuSettings.ConvolutionSearch;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class GpuProvidersTest {
  private static final GpuSettings OTHER =
      new GpuSettings(
          1L << 33, ArenaGrowth.POWER_OF_TWO, ConvolutionSearch.EXHAUSTIVE, false, false, "/cache");

  @Test
  void settingsBecomeTheRuntimesWords() {
    assertThat(GpuProviders.cuda(GpuSettings.defaults()))
        .isEqualTo(
            Map.of(
                "arena_extend_strategy", "kSameAsRequested",
                "cudnn_conv_algo_search", "HEURISTIC",
                "use_tf32", "1"));
    assertThat(GpuProviders.cuda(OTHER))
        .isEqualTo(
            Map.of(
                "gpu_mem_limit", "8589934592",
                "arena_extend_strategy", "kNextPowerOfTwo",
                "cudnn_conv_algo_search", "EXHAUSTIVE",
                "use_tf32", "0"));
  }

  @Test
  void engineIsBuiltForEverySizeOfBatch() {
    assertThat(
            GpuProviders.tensorRt(
                GpuSettings.defaults(),
                Optional.of(new GpuProviders.Pictures("pixel_values", 32, 224, 336))))
        .isEqualTo(
            Map.of(
                "trt_fp16_enable", "1",
                "trt_profile_min_shapes", "pixel_values:1x3x224x336",
                "trt_profile_opt_shapes", "pixel_values:32x3x224x336",
                "trt_profile_max_shapes", "pixel_values:32x3x224x336"));
    assertThat(GpuProviders.tensorRt(OTHER, Optional.empty()))
        .containsEntry("trt_engine_cache_enable", "1")
        .containsEntry("trt_engine_cache_path", "/cache")
        .containsEntry("trt_fp16_enable", "0")
        .doesNotContainKey("trt_profile_min_shapes");
  }

  @Test
  void negativeMemoryIsRefused() {
    assertThatThrownBy(
            () ->
                new GpuSettings(
                    -1, ArenaGrowth.AS_REQUESTED, ConvolutionSearch.DEFAULT, true, true, ""))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("memoryLimitBytes -1");
  }
}
