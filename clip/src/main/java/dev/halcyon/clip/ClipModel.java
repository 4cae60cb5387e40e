package dev.halcyon.clip;

import dev.halcyon.clip.model.ModelDirectory;
import dev.halcyon.clip.onnx.OnnxRuntime;
import dev.halcyon.clip.onnx.OnnxTextModel;
import dev.halcyon.clip.tokenize.PromptTokenizer;
import java.nio.file.Path;

/**
 * A dual encoder, loaded and ready: the entry to this module. Open one for the JVM. Safe for use by
 * any thread; close it after everything that uses it.
 */
public final class ClipModel implements AutoCloseable {
  private final ModelIdentity identity;
  private final ExecutionProvider provider;
  private final ModelTextEncoder textEncoder;

  /**
   * Loads a model directory.
   *
   * @throws ModelException if the directory, the settings' provider or a graph cannot be used; the
   *     message names the file or setting and the remedy
   */
  public static ClipModel open(Path directory, EngineSettings settings) {
    return new ClipModel(ModelDirectory.open(directory, settings.weights()), settings);
  }

  private ClipModel(ModelDirectory directory, EngineSettings settings) {
    OnnxRuntime runtime = OnnxRuntime.start(settings);
    this.provider = runtime.provider();
    PromptTokenizer tokenizer =
        PromptTokenizer.open(directory.tokenizer(), directory.prompts().lowercase());
    OnnxTextModel text = OnnxTextModel.open(runtime, directory.textModel(), threads(settings));
    int dimensions =
        directory
            .dimensions()
            .orElseGet(
                () ->
                    text.dimensions()
                        .orElseThrow(
                            () ->
                                new ModelException(
                                    directory.root()
                                        + ": neither manifest.json nor the text graph says how"
                                        + " long an embedding is; write manifest.json with"
                                        + " \"embeddingDimensions\"")));
    this.textEncoder = new ModelTextEncoder(directory, tokenizer, text, dimensions);
    this.identity =
        new ModelIdentity(
            directory.id(),
            directory.hash(),
            directory.preprocessing().getFileName().toString(),
            dimensions,
            directory.logitScale(),
            directory.logitBias());
  }

  private static int threads(EngineSettings settings) {
    return settings.intraOpThreads() > 0
        ? settings.intraOpThreads()
        : Runtime.getRuntime().availableProcessors();
  }

  /** Which model this is. */
  public ModelIdentity identity() {
    return identity;
  }

  /** Where it runs: CPU, CUDA or TENSORRT. */
  public ExecutionProvider provider() {
    return provider;
  }

  /** The encoder of prompts; lives as long as this model. */
  public TextEncoder textEncoder() {
    return textEncoder;
  }

  @Override
  public void close() {
    textEncoder.close();
  }
}
