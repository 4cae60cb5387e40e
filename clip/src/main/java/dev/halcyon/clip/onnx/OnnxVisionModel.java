package dev.halcyon.clip.onnx;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.halcyon.clip.ModelException;
import dev.halcyon.clip.batch.BatchRunner;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;

/**
 * The image encoder's graph: one session, one copy of the weights, and any number of lanes that run
 * batches on it at the same time. Names, types and free or fixed dimensions are read from the
 * graph. Close it after the lanes.
 */
public final class OnnxVisionModel implements AutoCloseable {
  private static final List<String> OUTPUTS =
      List.of("image_embeds", "embedding", "image_embedding", "image_features", "pooler_output");

  private final OnnxRuntime runtime;
  private final BatchSession session;
  private final GraphPort input;
  private final GraphPort output;
  private final int height;
  private final int width;
  private final int dimensions;

  /**
   * Opens a graph.
   *
   * @param threads CPU threads one batch is computed with
   * @param height height of its pictures in pixels
   * @param width width of its pictures in pixels
   * @param dimensions length of an embedding
   * @throws ModelException if the graph does not load or is no image encoder for such pictures
   */
  public static OnnxVisionModel open(
      OnnxRuntime runtime, Path graph, int threads, int height, int width, int dimensions) {
    return open(runtime, graph, threads, height, width, OptionalInt.of(dimensions));
  }

  /**
   * Opens a graph, with embeddings as long as it says.
   *
   * @throws ModelException if the graph does not load, is no image encoder for such pictures, or
   *     does not say how long its embeddings are
   */
  public static OnnxVisionModel open(
      OnnxRuntime runtime, Path graph, int threads, int height, int width) {
    return open(runtime, graph, threads, height, width, OptionalInt.empty());
  }

  private static OnnxVisionModel open(
      OnnxRuntime runtime, Path graph, int threads, int height, int width, OptionalInt dimensions) {
    OrtSession session = runtime.openImageEncoder(graph, threads, height, width);
    try {
      return new OnnxVisionModel(runtime, graph, session, height, width, dimensions);
    } catch (OrtException | RuntimeException e) {
      ModelException failure =
          e instanceof ModelException known
              ? known
              : new ModelException(graph + ": cannot be read: " + e.getMessage(), e);
      try {
        session.close();
      } catch (OrtException closing) {
        failure.addSuppressed(closing);
      }
      throw failure;
    }
  }

  private OnnxVisionModel(
      OnnxRuntime runtime,
      Path graph,
      OrtSession session,
      int height,
      int width,
      OptionalInt expected)
      throws OrtException {
    this.runtime = runtime;
    this.session = new BatchSession(graph.toString(), session);
    this.height = height;
    this.width = width;
    List<GraphPort> inputs = GraphPort.of(session.getInputInfo().values());
    if (inputs.size() != 1
        || inputs.get(0).rank() != 4
        || !inputs.get(0).isFloating()
        || !fits(inputs.get(0).dimension(1), 3)
        || !fits(inputs.get(0).dimension(2), height)
        || !fits(inputs.get(0).dimension(3), width)) {
      throw new ModelException(
          graph
              + ": expected one input of pictures [batch, 3, "
              + height
              + ", "
              + width
              + "] in fp32 or fp16, as its preprocessing makes them; found "
              + GraphPort.list(inputs));
    }
    this.input = inputs.get(0);
    this.output =
        GraphPort.embeddingOutput(graph, GraphPort.of(session.getOutputInfo().values()), OUTPUTS);
    if (expected.isEmpty() && output.dimension(1) < 0) {
      throw new ModelException(
          graph
              + ": does not say how long its embeddings are; state it in config.json or"
              + " manifest.json beside it");
    }
    this.dimensions = expected.orElseGet(() -> Math.toIntExact(output.dimension(1)));
    if (!fits(output.dimension(1), dimensions)) {
      throw new ModelException(
          graph
              + ": gives embeddings of "
              + output.dimension(1)
              + " values, text encoder and manifest say "
              + dimensions
              + "; export both encoders with their projections");
    }
  }

  private static boolean fits(long dimension, long wanted) {
    return dimension < 0 || dimension == wanted;
  }

  /** Pictures a batch must have, where the graph fixes it. */
  public OptionalInt fixedBatch() {
    return batches().fixedBatch();
  }

  /** Length of an embedding. */
  public int dimensions() {
    return dimensions;
  }

  /** A lane for one thread; closing it leaves the model open. */
  public BatchRunner lane() {
    return new OnnxBatchRunner(batches(), false);
  }

  /** Input and output as the graph states them, for people. */
  public String ports() {
    return input + " -> " + output;
  }

  BatchGraph batches() {
    return new BatchGraph(
        runtime, session, input, output, List.of(3, height, width), List.of(dimensions));
  }

  @Override
  public void close() {
    session.close();
  }
}
