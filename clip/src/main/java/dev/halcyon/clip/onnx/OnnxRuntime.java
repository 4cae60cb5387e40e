package dev.halcyon.clip.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import dev.halcyon.clip.EngineSettings;
import dev.halcyon.clip.EngineSettings.MemoryPattern;
import dev.halcyon.clip.ExecutionProvider;
import dev.halcyon.clip.ModelException;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens sessions on the execution provider the settings ask for. A provider that is asked for by
 * name and does not work is an error that says what is missing; {@code auto} falls back to the CPU
 * and says so. Immutable; safe for use by any thread.
 */
public final class OnnxRuntime {
  private static final Logger LOG = LoggerFactory.getLogger(OnnxRuntime.class);

  private final OrtEnvironment environment;
  private final EngineSettings settings;
  private final ExecutionProvider provider;

  /**
   * Starts the runtime and settles the provider.
   *
   * @throws ModelException if the runtime or the provider asked for cannot be used
   */
  public static OnnxRuntime start(EngineSettings settings) {
    OrtEnvironment environment;
    try {
      // Errors arrive as exceptions; the runtime need not print them as well.
      environment = OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
      environment.setTelemetry(false);
    } catch (OrtException | UnsatisfiedLinkError | ExceptionInInitializerError e) {
      throw new ModelException(
          "ONNX Runtime's native library does not load on "
              + System.getProperty("os.name")
              + " "
              + System.getProperty("os.arch")
              + ": "
              + e.getMessage(),
          e);
    }
    ExecutionProvider provider = settle(settings);
    return new OnnxRuntime(
        environment, settings.on(provider, Runtime.getRuntime().availableProcessors()));
  }

  private OnnxRuntime(OrtEnvironment environment, EngineSettings settings) {
    this.environment = environment;
    this.settings = settings;
    this.provider = settings.provider();
  }

  /** The settings in force: with the provider that is in use, and nothing left open. */
  public EngineSettings settings() {
    return settings;
  }

  /** The provider in use: CPU, CUDA or TENSORRT. */
  public ExecutionProvider provider() {
    return provider;
  }

  /** The runtime's version. */
  public String version() {
    return environment.getVersion();
  }

  OrtEnvironment environment() {
    return environment;
  }

  /**
   * Opens an image encoder's graph.
   *
   * @param intraOpThreads counts on the CPU only
   */
  OrtSession openImageEncoder(Path graph, int intraOpThreads, int height, int width) {
    return open(
        graph, intraOpThreads, provider, options -> register(options, graph, height, width));
  }

  /**
   * Opens a text encoder's graph. TensorRT would spend minutes on building an engine for a few
   * prompts an hour: CUDA runs it there.
   *
   * @param intraOpThreads counts on the CPU only
   */
  OrtSession openTextEncoder(Path graph, int intraOpThreads) {
    return open(graph, intraOpThreads, provider, this::registerCuda);
  }

  private void register(OrtSession.SessionOptions options, Path graph, int height, int width)
      throws OrtException {
    if (provider == ExecutionProvider.TENSORRT) {
      GpuProviders.addTensorRt(options, settings, pictures(graph, height, width));
    }
    registerCuda(options);
  }

  private void registerCuda(OrtSession.SessionOptions options) throws OrtException {
    if (provider != ExecutionProvider.CPU) {
      GpuProviders.addCuda(options, settings);
    }
  }

  /** The range of shapes a TensorRT engine is built for: any later one would build it anew. */
  private Optional<GpuProviders.Pictures> pictures(Path graph, int height, int width)
      throws OrtException {
    try (OrtSession plain =
        open(
            graph,
            1,
            ExecutionProvider.CPU,
            options -> options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.NO_OPT))) {
      return GraphPort.of(plain.getInputInfo().values()).stream()
          .filter(port -> port.rank() == 4 && port.dimension(0) < 0)
          .findFirst()
          .map(port -> new GpuProviders.Pictures(port.name(), settings.maxBatch(), height, width));
    }
  }

  /** Opens a graph held in memory, of any task; {@code intraOpThreads} counts on the CPU only. */
  OrtSession open(String name, byte[] graph, int intraOpThreads) {
    return open(
        name,
        options -> environment.createSession(graph, options),
        intraOpThreads,
        provider,
        this::registerCuda);
  }

  private OrtSession open(Path graph, int intraOpThreads, ExecutionProvider on, Setup setup) {
    return open(
        graph.toString(),
        options -> environment.createSession(graph.toString(), options),
        intraOpThreads,
        on,
        setup);
  }

  private interface Setup {
    void apply(OrtSession.SessionOptions options) throws OrtException;
  }

  private interface Opening {
    OrtSession with(OrtSession.SessionOptions options) throws OrtException;
  }

  private OrtSession open(
      String name, Opening opening, int intraOpThreads, ExecutionProvider on, Setup setup) {
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
      options.setInterOpNumThreads(1);
      options.setIntraOpNumThreads(intraOpThreads);
      // Spinning threads take the processor from decoding, which shares it.
      options.addConfigEntry("session.intra_op.allow_spinning", "0");
      options.setMemoryPatternOptimization(
          settings.memoryPattern() == MemoryPattern.ON
              || (settings.memoryPattern() == MemoryPattern.AUTO && on == ExecutionProvider.CPU));
      setup.apply(options);
      return opening.with(options);
    } catch (OrtException e) {
      throw new ModelException(
          name
              + ": ONNX Runtime "
              + environment.getVersion()
              + " cannot open it on "
              + on.settingName()
              + ": "
              + (on == ExecutionProvider.CPU
                  ? e.getMessage()
                  : GpuDiagnosis.remedy(e.getMessage()).orElse(e.getMessage())),
          e);
    }
  }

  private static ExecutionProvider settle(EngineSettings settings) {
    return switch (settings.provider()) {
      case CPU -> ExecutionProvider.CPU;
      case CUDA, TENSORRT -> demand(settings);
      case AUTO -> preferGpu(settings);
    };
  }

  private static ExecutionProvider demand(EngineSettings settings) {
    ExecutionProvider asked = settings.provider();
    try {
      tryOut(asked, settings);
      return asked;
    } catch (OrtException e) {
      throw new ModelException(
          "provider "
              + asked.settingName()
              + " does not work here: "
              + GpuDiagnosis.explain(asked, e.getMessage()),
          e);
    }
  }

  private static ExecutionProvider preferGpu(EngineSettings settings) {
    try {
      tryOut(ExecutionProvider.CUDA, settings);
      return ExecutionProvider.CUDA;
    } catch (OrtException e) {
      if (GpuDiagnosis.hasNvidiaDevice()) {
        LOG.warn(
            "provider auto: running on the CPU although this machine has an NVIDIA GPU: {}",
            GpuDiagnosis.explain(ExecutionProvider.CUDA, e.getMessage()));
      } else {
        LOG.info("provider auto: running on the CPU, this machine shows no NVIDIA GPU");
      }
      return ExecutionProvider.CPU;
    }
  }

  private static void tryOut(ExecutionProvider provider, EngineSettings settings)
      throws OrtException {
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      if (provider == ExecutionProvider.TENSORRT) {
        GpuProviders.addTensorRt(options, settings, Optional.empty());
      }
      GpuProviders.addCuda(options, settings);
    }
  }
}
