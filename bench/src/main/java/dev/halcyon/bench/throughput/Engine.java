package dev.halcyon.bench.throughput;

import dev.halcyon.app.commands.BadInputException;
import dev.halcyon.app.decision.CompiledLabelSet;
import dev.halcyon.app.decision.Decider;
import dev.halcyon.app.decision.LabelSetDecider;
import dev.halcyon.app.decision.LabelSetVersion;
import dev.halcyon.app.labels.LabelSetCompiler;
import dev.halcyon.app.labels.LabelSetRefusedException;
import dev.halcyon.clip.AnalyzerSettings;
import dev.halcyon.clip.ClipModel;
import dev.halcyon.clip.EngineObserver;
import dev.halcyon.clip.EngineSettings;
import dev.halcyon.clip.ExecutionProvider;
import dev.halcyon.clip.ImageAnalyzer;
import dev.halcyon.clip.ModelIdentity;
import dev.halcyon.clip.TextEncoder;
import dev.halcyon.clip.analyze.AnalysisPipeline;
import dev.halcyon.clip.analyze.TextLooker;
import dev.halcyon.clip.batch.BatchRunner;
import dev.halcyon.clip.batch.Batcher;
import dev.halcyon.clip.model.ModelDirectory;
import dev.halcyon.clip.onnx.OnnxRuntime;
import dev.halcyon.clip.onnx.OnnxVisionModel;
import dev.halcyon.clip.preprocess.PreprocessingSpec;
import dev.halcyon.clip.preprocess.Preprocessor;
import dev.halcyon.labels.LabelSet;
import dev.halcyon.labels.LabelSetReader;
import dev.halcyon.labels.LabelSetWriter;
import dev.halcyon.labels.Problem;
import dev.halcyon.labels.ReadResult;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.Stream;

/**
 * The engine under measurement with its decider: the program's own decoding, preprocessing, batcher
 * and decisions, over a model or over a device that only takes time.
 */
final class Engine implements AutoCloseable {
  /** Images of the timed device are small, so that it alone is the limit. */
  private static final int SMALL = 16;

  private static final PreprocessingSpec SMALL_SPEC =
      new PreprocessingSpec(
          PreprocessingSpec.Resize.SHORTEST,
          SMALL,
          SMALL,
          PreprocessingSpec.Filter.BICUBIC,
          SMALL,
          SMALL,
          PreprocessingSpec.CropRounding.FLOOR,
          List.of(0.5f, 0.5f, 0.5f),
          List.of(0.5f, 0.5f, 0.5f));

  private final AutoCloseable device;
  private final ImageAnalyzer analyzer;
  private final Decider decider;
  private final RunTimes runTimes;

  private Engine(AutoCloseable device, ImageAnalyzer analyzer, Decider decider, RunTimes times) {
    this.device = device;
    this.analyzer = analyzer;
    this.decider = decider;
    this.runTimes = times;
  }

  /**
   * A device of a fixed time a batch and a fixed time an image, driven as the program does a GPU.
   */
  static Engine timed(Duration batch, Duration image, Duration linger) {
    RunTimes times = new RunTimes();
    EngineSettings gpu = onGpu();
    Batcher batcher =
        Batcher.start(
            timedLanes(batch, image),
            gpu.withBatches(gpu.concurrentBatches(), gpu.maxBatch(), linger),
            times);
    ModelIdentity identity = timedIdentity();
    ImageAnalyzer analyzer =
        new AnalysisPipeline(
            identity,
            batcher,
            new Preprocessor(SMALL_SPEC),
            TextLooker.NONE,
            withCache(0),
            EngineObserver.NONE);
    return new Engine(
        batcher, analyzer, decider(RandomWords.labels(20), new RandomWords(identity)), times);
  }

  /** Lanes into such a device, as many as the program drives a GPU with. */
  static List<BatchRunner> timedLanes(Duration batch, Duration image) {
    TimedDevice device = new TimedDevice(SMALL_SPEC.floats(), batch.toNanos(), image.toNanos());
    return Stream.generate(device::lane).limit(onGpu().concurrentBatches()).toList();
  }

  private static EngineSettings onGpu() {
    return EngineSettings.defaults().on(ExecutionProvider.CUDA, 1);
  }

  /** A model's image encoder alone; {@code threads} of a batch count on the CPU only. */
  static OnnxVisionModel imageEncoder(
      ModelDirectory files, PreprocessingSpec spec, EngineSettings settings, int threads) {
    return OnnxVisionModel.open(
        OnnxRuntime.start(settings),
        files.visionModel(),
        threads,
        spec.height(),
        spec.width(),
        files.dimensions().orElseThrow());
  }

  static ModelIdentity timedIdentity() {
    return new ModelIdentity(
        "timed-device", "0".repeat(64), SMALL_SPEC.id(), TimedDevice.DIMENSIONS, 30, 0);
  }

  /** A model with a label set in a file. */
  static Engine model(Path directory, EngineSettings settings, long cacheBytes, Path labels) {
    RunTimes times = new RunTimes();
    ClipModel model = ClipModel.open(directory, settings, times);
    return new Engine(
        model,
        model.analyzer(withCache(cacheBytes)),
        decider(read(labels), model.textEncoder(), model.identity()),
        times);
  }

  /** The defaults, but no wide picture in squares: an image is one run, as in the plain loop. */
  private static AnalyzerSettings withCache(long bytes) {
    return AnalyzerSettings.defaults().withParts(0, 1).withCacheBytes(bytes);
  }

  private static Decider decider(LabelSet set, RandomWords words) {
    return decider(set, words, words.model());
  }

  static Decider decider(LabelSet set, TextEncoder encoder, ModelIdentity model) {
    LabelSetVersion version = new LabelSetVersion(set.name(), 1, LabelSetWriter.contentHash(set));
    try {
      CompiledLabelSet compiled =
          new LabelSetCompiler(encoder, model).compile(set, version, LocalDate.now(ZoneOffset.UTC));
      return new LabelSetDecider(compiled);
    } catch (LabelSetRefusedException e) {
      throw new BadInputException("the label set is refused: " + String.join("; ", e.problems()));
    }
  }

  private static LabelSet read(Path file) {
    ReadResult result;
    try {
      result = LabelSetReader.read(file);
    } catch (java.io.IOException e) {
      throw new BadInputException(file + ": cannot be read: " + e.getMessage());
    }
    if (result instanceof ReadResult.Faulty faulty) {
      throw new BadInputException(
          file + ": " + faulty.problems().stream().map(Problem::toString).findFirst().orElse(""));
    }
    return ((ReadResult.Read) result).labelSet();
  }

  ImageAnalyzer analyzer() {
    return analyzer;
  }

  Decider decider() {
    return decider;
  }

  RunTimes runTimes() {
    return runTimes;
  }

  @Override
  public void close() throws Exception {
    analyzer.close();
    device.close();
  }
}
