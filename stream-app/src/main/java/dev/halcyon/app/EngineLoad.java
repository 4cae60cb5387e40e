package dev.halcyon.app;

import dev.halcyon.app.labels.LabelSetCompiler;
import dev.halcyon.app.ops.EngineMeters;
import dev.halcyon.clip.AnalyzerSettings;
import dev.halcyon.clip.ClipModel;
import dev.halcyon.clip.EngineSettings;
import dev.halcyon.clip.Evidence;
import dev.halcyon.clip.ImageAnalyzer;
import dev.halcyon.clip.ImageSource;
import dev.halcyon.clip.Outcome;
import dev.halcyon.clip.TextAnalysis;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import javax.imageio.ImageIO;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the program needs beside Kafka: the meters, at once, and the engine, loaded and proved on a
 * thread of its own while the brokers are reached. Any thread may wait for the engine. Close this
 * after everything that uses it; closing waits for a load that is under way.
 */
public final class EngineLoad implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EngineLoad.class);

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private final CompletableFuture<Engine> loading;

  /**
   * A model, ready.
   *
   * @param model the model
   * @param analyzer of pictures
   * @param compiler of label sets; it keeps the embeddings of the prompts it has seen
   */
  public record Engine(ClipModel model, ImageAnalyzer analyzer, LabelSetCompiler compiler) {
    /**
     * Runs one real inference, so that a model that loads and cannot run is found before there is
     * work.
     *
     * @param text whether the graphs that look for written text are loaded and run too
     */
    public void prove(TextAnalysis text) {
      BufferedImage grey = new BufferedImage(32, 32, BufferedImage.TYPE_INT_RGB);
      ByteArrayOutputStream png = new ByteArrayOutputStream();
      try {
        ImageIO.write(grey, "png", png);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      Outcome outcome =
          analyzer.analyze(new ImageSource.Inline(ByteBuffer.wrap(png.toByteArray())), text).join();
      if (!(outcome instanceof Evidence)) {
        throw new IllegalStateException("the model refuses a plain picture: " + outcome);
      }
    }
  }

  private EngineLoad(
      Path model, EngineSettings settings, AnalyzerSettings analyzing, Consumer<Engine> then) {
    loading =
        CompletableFuture.supplyAsync(
            () -> load(model, settings, analyzing, then),
            command -> new Thread(command, "halcyon-engine-load").start());
  }

  /**
   * Begins to load.
   *
   * @param model folder of the model
   * @param then the first use of the engine, on the loading thread; what it throws is thrown to
   *     those who wait
   */
  public static EngineLoad begin(
      Path model, EngineSettings settings, AnalyzerSettings analyzing, Consumer<Engine> then) {
    return new EngineLoad(model, settings, analyzing, then);
  }

  private Engine load(
      Path directory, EngineSettings settings, AnalyzerSettings analyzing, Consumer<Engine> then) {
    ClipModel model = ClipModel.open(directory, settings, new EngineMeters(registry));
    parts.push(model);
    ImageAnalyzer analyzer = model.analyzer(analyzing);
    parts.push(analyzer);
    Engine engine =
        new Engine(model, analyzer, new LabelSetCompiler(model.textEncoder(), model.identity()));
    then.accept(engine);
    return engine;
  }

  /** Where the program's meters are. */
  PrometheusMeterRegistry registry() {
    return registry;
  }

  /**
   * Waits until the engine is ready.
   *
   * @throws dev.halcyon.clip.ModelException if the model cannot be used
   * @throws RuntimeException what the first use has thrown
   */
  public Engine await() {
    try {
      return loading.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw e;
    }
  }

  @Override
  public synchronized void close() {
    // Its parts are this thread's once the load is over, however it ended.
    loading.handle((engine, thrown) -> null).join();
    while (!parts.isEmpty()) {
      AutoCloseable part = parts.pop();
      try {
        part.close();
      } catch (Exception e) {
        LOG.warn("{} did not close cleanly", part.getClass().getSimpleName(), e);
      }
    }
    registry.close();
  }
}
