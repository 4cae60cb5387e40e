package dev.halcyon.clip.onnx;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.providers.OrtCUDAProviderOptions;
import ai.onnxruntime.providers.OrtTensorRTProviderOptions;
import dev.halcyon.clip.EngineSettings;
import dev.halcyon.clip.GpuSettings;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The settings of a GPU in the runtime's words, and their registration. */
final class GpuProviders {
  /**
   * The pictures a graph with a free batch is given.
   *
   * @param input name of the graph's input
   * @param mostItems largest batch
   */
  record Pictures(String input, int mostItems, int height, int width) {
    private String shape(int items) {
      return input + ":" + items + "x3x" + height + "x" + width;
    }
  }

  private GpuProviders() {}

  static void addCuda(OrtSession.SessionOptions options, EngineSettings settings)
      throws OrtException {
    try (OrtCUDAProviderOptions cuda = new OrtCUDAProviderOptions(settings.deviceId())) {
      for (Map.Entry<String, String> option : cuda(settings.gpu()).entrySet()) {
        cuda.add(option.getKey(), option.getValue());
      }
      options.addCUDA(cuda);
    }
  }

  static void addTensorRt(
      OrtSession.SessionOptions options, EngineSettings settings, Optional<Pictures> pictures)
      throws OrtException {
    try (OrtTensorRTProviderOptions tensorRt =
        new OrtTensorRTProviderOptions(settings.deviceId())) {
      for (Map.Entry<String, String> option : tensorRt(settings.gpu(), pictures).entrySet()) {
        tensorRt.add(option.getKey(), option.getValue());
      }
      options.addTensorrt(tensorRt);
    }
  }

  static Map<String, String> cuda(GpuSettings gpu) {
    Map<String, String> options = new LinkedHashMap<>();
    if (gpu.memoryLimitBytes() > 0) {
      options.put("gpu_mem_limit", Long.toString(gpu.memoryLimitBytes()));
    }
    options.put(
        "arena_extend_strategy",
        switch (gpu.arenaGrowth()) {
          case AS_REQUESTED -> "kSameAsRequested";
          case POWER_OF_TWO -> "kNextPowerOfTwo";
        });
    options.put("cudnn_conv_algo_search", gpu.convolutionSearch().name().toUpperCase(Locale.ROOT));
    options.put("use_tf32", gpu.tf32() ? "1" : "0");
    return options;
  }

  static Map<String, String> tensorRt(GpuSettings gpu, Optional<Pictures> pictures) {
    Map<String, String> options = new LinkedHashMap<>();
    options.put("trt_fp16_enable", gpu.tensorRtFp16() ? "1" : "0");
    if (!gpu.tensorRtCacheDirectory().isEmpty()) {
      options.put("trt_engine_cache_enable", "1");
      options.put("trt_engine_cache_path", gpu.tensorRtCacheDirectory());
      options.put("trt_timing_cache_enable", "1");
      options.put("trt_timing_cache_path", gpu.tensorRtCacheDirectory());
    }
    pictures.ifPresent(
        shapes -> {
          options.put("trt_profile_min_shapes", shapes.shape(1));
          options.put("trt_profile_opt_shapes", shapes.shape(shapes.mostItems()));
          options.put("trt_profile_max_shapes", shapes.shape(shapes.mostItems()));
        });
    return options;
  }
}
