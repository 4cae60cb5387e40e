package dev.halcyon.clip;

import dev.halcyon.clip.analyze.AnalysisPipeline;
import dev.halcyon.clip.analyze.TextLooker;
import dev.halcyon.clip.batch.BatchRunner;
import dev.halcyon.clip.batch.Batcher;
import dev.halcyon.clip.model.ModelDirectory;
import dev.halcyon.clip.model.Reading;
import dev.halcyon.clip.onnx.OnnxRuntime;
import dev.halcyon.clip.onnx.OnnxTensorModel;
import dev.halcyon.clip.onnx.OnnxTextModel;
import dev.halcyon.clip.onnx.OnnxVisionModel;
import dev.halcyon.clip.preprocess.PreprocessingSpec;
import dev.halcyon.clip.preprocess.Preprocessor;
import dev.halcyon.clip.text.OcrTextLooker;
import dev.halcyon.clip.tokenize.PromptTokenizer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A dual encoder, loaded and ready: the entry to this module, and the only place that puts its
 * parts together. Open one for the JVM. Safe for use by any thread; close it after everything that
 * uses it.
 */
public final class ClipModel implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ClipModel.class);

  /**
   * Most pictures looked at for text side by side on the CPU, where the settings name no number.
   */
  private static final int MOST_TEXT_LANES = 8;

  /** Pictures in a batch of the text detector on a GPU: 24 MB of input at a side of 512. */
  private static final int TEXT_BATCH = 8;

  private final EngineObserver observer;
  private final ModelIdentity identity;
  private final ExecutionProvider provider;
  private final ModelDescription description;
  private final TextEncoder textEncoder;
  private final Preprocessor preprocessor;
  private final Batcher batcher;
  private final OnnxRuntime runtime;
  private final EngineSettings settings;
  private boolean closed;
  private final Deque<AutoCloseable> parts = new ArrayDeque<>();

  /** As {@link #open(Path, EngineSettings, EngineObserver)}, observed by nobody. */
  public static ClipModel open(Path directory, EngineSettings settings) {
    return open(directory, settings, EngineObserver.NONE);
  }

  /**
   * Loads a model directory and runs both encoders once.
   *
   * @throws ModelException if the directory, the settings' provider or a graph cannot be used, or
   *     the device does not compute; the message names the file or setting and the remedy
   */
  public static ClipModel open(Path directory, EngineSettings settings, EngineObserver observer) {
    return new ClipModel(ModelDirectory.open(directory, settings.weights()), settings, observer);
  }

  private ClipModel(ModelDirectory directory, EngineSettings wanted, EngineObserver observer) {
    this.observer = observer;
    try {
      this.runtime = OnnxRuntime.start(wanted);
      this.settings = runtime.settings();
      this.provider = runtime.provider();
      this.preprocessor = new Preprocessor(preprocessing(directory));

      int processors = Runtime.getRuntime().availableProcessors();
      OnnxTextModel text = opened(OnnxTextModel.open(runtime, directory.textModel(), processors));
      PromptTokenizer tokenizer =
          opened(PromptTokenizer.open(directory.tokenizer(), directory.prompts().lowercase()));
      this.textEncoder = new ModelTextEncoder(directory, tokenizer, text);
      int dimensions = textEncoder.encode(List.of(""))[0].length;
      if (directory.dimensions().orElse(dimensions) != dimensions) {
        throw new ModelException(
            directory.textModel()
                + ": gives embeddings of "
                + dimensions
                + " values, the configuration files say "
                + directory.dimensions().getAsInt()
                + "; export the encoder with its projection");
      }
      this.identity =
          new ModelIdentity(
              directory.id(),
              directory.hash(),
              preprocessor.spec().id(),
              dimensions,
              directory.logitScale(),
              directory.logitBias());

      OnnxVisionModel vision =
          opened(
              OnnxVisionModel.open(
                  runtime,
                  directory.visionModel(),
                  settings.intraOpThreads(),
                  preprocessor.spec().height(),
                  preprocessor.spec().width(),
                  dimensions));
      this.description =
          new ModelDescription(
              identity,
              directory.family(),
              directory.files(),
              directory.readings(),
              preprocessor.spec(),
              vision.ports(),
              text.ports(),
              textEncoder.contextLength(),
              provider,
              runtime.version());
      for (Reading assumed : description.assumptions()) {
        LOG.warn(
            "Model {}: {} is taken to be {}: {}. Every score depends on it.",
            identity.id(),
            assumed.what(),
            assumed.value(),
            assumed.from());
      }
      List<BatchRunner> runners =
          IntStream.range(0, settings.concurrentBatches()).mapToObj(lane -> vision.lane()).toList();
      this.batcher = opened(start(directory, runners));
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private Batcher start(ModelDirectory directory, List<BatchRunner> runners) {
    try {
      return Batcher.start(runners, settings, observer);
    } catch (EngineBrokenException e) {
      throw new ModelException(
          directory.visionModel()
              + ": the image encoder does not compute on "
              + provider.settingName()
              + ": "
              + e.getMessage(),
          e);
    }
  }

  private static PreprocessingSpec preprocessing(ModelDirectory directory) {
    try {
      return PreprocessingSpec.read(directory.preprocessing());
    } catch (IllegalArgumentException e) {
      throw new ModelException(e.getMessage(), e);
    }
  }

  /** Keeps a part to be closed with the model; text graphs come late, from threads of analyzers. */
  private synchronized <T extends AutoCloseable> T opened(T part) {
    parts.push(part);
    return part;
  }

  /** Which model this is. */
  public ModelIdentity identity() {
    return identity;
  }

  /** What it is and where each fact about it was read. */
  public ModelDescription description() {
    return description;
  }

  /** Where it runs: CPU, CUDA or TENSORRT. */
  public ExecutionProvider provider() {
    return provider;
  }

  /** The encoder of prompts; lives as long as this model. */
  public TextEncoder textEncoder() {
    return textEncoder;
  }

  /**
   * A new analyzer over this model's batches. Close it before the model; several share the device.
   */
  public ImageAnalyzer analyzer(AnalyzerSettings analyzing) {
    TextLooker looker =
        analyzing.text().enabled()
            ? new OcrTextLooker(
                analyzing.text(),
                preprocessor.decodeShortSidePixels(),
                (name, graph, itemInput, itemOutput) ->
                    textBatches(analyzing.text(), name, graph, itemInput, itemOutput),
                observer)
            : TextLooker.NONE;
    return new AnalysisPipeline(identity, batcher, preprocessor, looker, analyzing, observer);
  }

  /**
   * Batches of one of the text detector's graphs. On the CPU pictures are looked at side by side,
   * one a lane: batches would gain nothing there, and a lone picture would wait.
   */
  private synchronized Batcher textBatches(
      TextSettings text,
      String name,
      byte[] graph,
      List<Integer> itemInput,
      List<Integer> itemOutput) {
    if (closed) {
      throw new CancellationException("the model was closed");
    }
    boolean cpu = provider == ExecutionProvider.CPU;
    int processors = Runtime.getRuntime().availableProcessors();
    int lanes = 1;
    if (cpu) {
      lanes = text.threads() > 0 ? text.threads() : Math.min(MOST_TEXT_LANES, processors);
    }
    OnnxTensorModel model =
        opened(OnnxTensorModel.open(runtime, name, graph, Math.max(1, processors / lanes)));
    List<BatchRunner> runners =
        IntStream.range(0, lanes).mapToObj(lane -> model.lane(itemInput, itemOutput)).toList();
    EngineSettings batches = settings.withBatches(lanes, cpu ? 1 : TEXT_BATCH, settings.linger());
    try {
      return opened(Batcher.start(runners, batches, EngineObserver.NONE));
    } catch (EngineBrokenException e) {
      throw new ModelException(
          name + ": does not compute on " + provider.settingName() + ": " + e.getMessage(), e);
    }
  }

  /** Ends the engine, latest part first. */
  @Override
  public synchronized void close() {
    closed = true;
    while (!parts.isEmpty()) {
      try {
        parts.pop().close();
      } catch (Exception e) {
        throw new IllegalStateException("the model does not close", e);
      }
    }
  }
}
