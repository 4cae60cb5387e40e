package dev.halcyon.app.config;

import dev.halcyon.clip.EngineSettings;
import dev.halcyon.clip.ExecutionProvider;
import java.time.Duration;

/** The model and how it runs; see {@link EngineSettings}. */
public record EngineConfig(
    @Setting(
            "Folder of the model: vision_model.onnx, text_model.onnx, tokenizer.json,"
                + " preprocessor_config.json, manifest.json. A relative path starts at the"
                + " installation.")
        String modelDirectory,
    @Setting(
            "Where the model runs: AUTO takes a GPU where there is one and says so where not; CPU,"
                + " CUDA and TENSORRT are refused at start-up where they are missing.")
        ExecutionProvider provider,
    @Setting("Index of the GPU, from 0.") int deviceId,
    @Setting("Which of a model's weight files to load: DEFAULT, FP16 or INT8.")
        EngineSettings.Weights weights,
    @Setting("CPU threads of one batch; 0 shares the processors among the concurrent batches.")
        int intraOpThreads,
    @Setting(
            "Batches that may run at the same time; 0 takes two on a GPU, and on the CPU one a"
                + " processor, at most four.")
        int concurrentBatches,
    @Setting("Most images in a batch, up to 1024; 0 takes 32 on a GPU and 4 on the CPU.")
        int maxBatch,
    @Setting("Longest time an image waits for its batch to fill, up to 10s.") Duration linger,
    @Setting("Longest time one batch may take before the device counts as broken.")
        Duration runTimeout,
    @Setting("Whether the runtime plans memory by input shape; AUTO is on for CPUs, off for GPUs.")
        EngineSettings.MemoryPattern memoryPattern,
    @Setting("How a GPU is used; without meaning on the CPU.") GpuConfig gpu) {
  public EngineConfig {
    if (modelDirectory.isBlank()) {
      throw new ConfigException("modelDirectory is empty; name the folder of the model");
    }
    new EngineSettings(
        provider,
        deviceId,
        weights,
        intraOpThreads,
        concurrentBatches,
        maxBatch,
        linger,
        runTimeout,
        memoryPattern,
        gpu.settings());
  }

  public static EngineConfig defaults() {
    EngineSettings settings = EngineSettings.defaults();
    return new EngineConfig(
        "starter-model/model",
        settings.provider(),
        settings.deviceId(),
        settings.weights(),
        settings.intraOpThreads(),
        settings.concurrentBatches(),
        settings.maxBatch(),
        settings.linger(),
        settings.runTimeout(),
        settings.memoryPattern(),
        GpuConfig.defaults());
  }

  /** The engine's settings. */
  public EngineSettings settings() {
    return new EngineSettings(
        provider,
        deviceId,
        weights,
        intraOpThreads,
        concurrentBatches,
        maxBatch,
        linger,
        runTimeout,
        memoryPattern,
        gpu.settings());
  }
}
