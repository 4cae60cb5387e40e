package dev.halcyon.clip.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtProvider;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.providers.OrtCUDAProviderOptions;
import ai.onnxruntime.providers.OrtTensorRTProviderOptions;
import dev.halcyon.clip.EngineSettings;
import dev.halcyon.clip.EngineSettings.MemoryPattern;
import dev.halcyon.clip.ExecutionProvider;
import dev.halcyon.clip.ModelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
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
    return new OnnxRuntime(environment, settings, settle(settings));
  }

  private OnnxRuntime(
      OrtEnvironment environment, EngineSettings settings, ExecutionProvider provider) {
    this.environment = environment;
    this.settings = settings;
    this.provider = provider;
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

  /** Opens a graph; {@code intraOpThreads} counts on the CPU only. */
  OrtSession open(Path graph, int intraOpThreads) {
    return open(
        graph.toString(),
        options -> environment.createSession(graph.toString(), options),
        intraOpThreads);
  }

  /** Opens a graph held in memory; {@code intraOpThreads} counts on the CPU only. */
  OrtSession open(String name, byte[] graph, int intraOpThreads) {
    return open(name, options -> environment.createSession(graph, options), intraOpThreads);
  }

  private interface Opening {
    OrtSession with(OrtSession.SessionOptions options) throws OrtException;
  }

  private OrtSession open(String name, Opening opening, int intraOpThreads) {
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
      options.setInterOpNumThreads(1);
      options.setIntraOpNumThreads(intraOpThreads);
      // Spinning threads take the processor from decoding, which shares it.
      options.addConfigEntry("session.intra_op.allow_spinning", "0");
      options.setMemoryPatternOptimization(
          settings.memoryPattern() == MemoryPattern.ON
              || (settings.memoryPattern() == MemoryPattern.AUTO
                  && provider == ExecutionProvider.CPU));
      register(options, provider, settings.deviceId());
      return opening.with(options);
    } catch (OrtException e) {
      throw new ModelException(
          name
              + ": ONNX Runtime "
              + environment.getVersion()
              + " cannot open it on "
              + provider.settingName()
              + ": "
              + e.getMessage(),
          e);
    }
  }

  private static ExecutionProvider settle(EngineSettings settings) {
    return switch (settings.provider()) {
      case CPU -> ExecutionProvider.CPU;
      case CUDA, TENSORRT -> demand(settings.provider(), settings.deviceId());
      case AUTO -> preferGpu(settings.deviceId());
    };
  }

  private static ExecutionProvider demand(ExecutionProvider asked, int deviceId) {
    try {
      tryOut(asked, deviceId);
      return asked;
    } catch (OrtException e) {
      throw new ModelException(
          "provider " + asked.settingName() + " does not work here: " + explain(asked, e), e);
    }
  }

  private static ExecutionProvider preferGpu(int deviceId) {
    try {
      tryOut(ExecutionProvider.CUDA, deviceId);
      return ExecutionProvider.CUDA;
    } catch (OrtException e) {
      if (hasNvidiaDevice()) {
        LOG.warn(
            "provider auto: running on the CPU although this machine has an NVIDIA GPU: {}",
            explain(ExecutionProvider.CUDA, e));
      } else {
        LOG.info("provider auto: running on the CPU, this machine shows no NVIDIA GPU");
      }
      return ExecutionProvider.CPU;
    }
  }

  private static void tryOut(ExecutionProvider provider, int deviceId) throws OrtException {
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      register(options, provider, deviceId);
    }
  }

  private static void register(
      OrtSession.SessionOptions options, ExecutionProvider provider, int deviceId)
      throws OrtException {
    if (provider == ExecutionProvider.TENSORRT) {
      try (OrtTensorRTProviderOptions tensorRt = new OrtTensorRTProviderOptions(deviceId)) {
        options.addTensorrt(tensorRt);
      }
    }
    if (provider == ExecutionProvider.TENSORRT || provider == ExecutionProvider.CUDA) {
      try (OrtCUDAProviderOptions cuda = new OrtCUDAProviderOptions(deviceId)) {
        options.addCUDA(cuda);
      }
    }
  }

  private static String explain(ExecutionProvider asked, OrtException e) {
    EnumSet<OrtProvider> builtIn = OrtEnvironment.getAvailableProviders();
    Set<OrtProvider> needed =
        asked == ExecutionProvider.TENSORRT
            ? Set.of(OrtProvider.TENSOR_RT, OrtProvider.CUDA)
            : Set.of(OrtProvider.CUDA);
    if (!builtIn.containsAll(needed)) {
      return "this build carries ONNX Runtime for the CPU only; build with -Pgpu, or set the"
          + " provider to cpu";
    }
    if (!hasNvidiaDevice()) {
      return "no NVIDIA device (/dev/nvidia0, /proc/driver/nvidia) is visible; give the container"
          + " a GPU, or set the provider to cpu ("
          + e.getMessage()
          + ")";
    }
    return "its libraries do not load; CUDA 12 and cuDNN 9"
        + (asked == ExecutionProvider.TENSORRT ? " and TensorRT 10" : "")
        + " must be on the library path (for another CUDA, point onnxruntime.native.path at a"
        + " build for it): "
        + e.getMessage();
  }

  private static boolean hasNvidiaDevice() {
    return Files.exists(Path.of("/dev/nvidia0"))
        || Files.isDirectory(Path.of("/proc/driver/nvidia/gpus"))
        || Files.exists(Path.of("/dev/dxg"));
  }
}
