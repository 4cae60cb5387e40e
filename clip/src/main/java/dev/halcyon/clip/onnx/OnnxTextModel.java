package dev.halcyon.clip.onnx;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.halcyon.clip.EngineBrokenException;
import dev.halcyon.clip.ModelException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * The text encoder's graph. Names, types and free or fixed dimensions are read from the graph. Safe
 * for use by any thread; close it when no call is open.
 */
public final class OnnxTextModel implements AutoCloseable {
  private static final List<String> OUTPUTS =
      List.of("text_embeds", "embedding", "text_embedding", "text_features", "pooler_output");

  private final Path graph;
  private final OnnxRuntime runtime;
  private final OrtSession session;
  private final GraphPort ids;
  private final List<GraphPort> masks;
  private final List<GraphPort> types;
  private final GraphPort output;

  /**
   * Opens a graph.
   *
   * @param threads CPU threads to compute with
   * @throws ModelException if the graph does not load or is no text encoder
   */
  public static OnnxTextModel open(OnnxRuntime runtime, Path graph, int threads) {
    OrtSession session = runtime.openTextEncoder(graph, threads);
    try {
      return new OnnxTextModel(runtime, graph, session);
    } catch (OrtException | RuntimeException e) {
      try (session) {
        throw e instanceof ModelException known
            ? known
            : new ModelException(graph + ": cannot be read: " + e.getMessage(), e);
      } catch (OrtException closing) {
        e.addSuppressed(closing);
        throw new ModelException(graph + ": cannot be read: " + e.getMessage(), e);
      }
    }
  }

  private OnnxTextModel(OnnxRuntime runtime, Path graph, OrtSession session) throws OrtException {
    this.runtime = runtime;
    this.graph = graph;
    this.session = session;
    List<GraphPort> inputs = GraphPort.of(session.getInputInfo().values());
    this.masks = inputs.stream().filter(port -> port.name().contains("mask")).toList();
    this.types = inputs.stream().filter(port -> port.name().contains("token_type")).toList();
    List<GraphPort> rest =
        inputs.stream().filter(port -> !masks.contains(port) && !types.contains(port)).toList();
    if (rest.size() != 1
        || rest.get(0).rank() != 2
        || !inputs.stream().allMatch(port -> port.isInteger() && port.rank() == 2)) {
      throw new ModelException(
          graph
              + ": expected an input of token ids [batch, tokens] in int64 or int32, and beside it"
              + " at most attention_mask and token_type_ids; found "
              + GraphPort.list(inputs));
    }
    this.ids = rest.get(0);
    this.output =
        GraphPort.embeddingOutput(graph, GraphPort.of(session.getOutputInfo().values()), OUTPUTS);
  }

  /** Tokens a prompt must have, where the graph fixes it. */
  public OptionalInt fixedTokens() {
    return ids.dimension(1) > 0
        ? OptionalInt.of(Math.toIntExact(ids.dimension(1)))
        : OptionalInt.empty();
  }

  /** Prompts a call must have, where the graph fixes it. */
  public OptionalInt fixedBatch() {
    return ids.dimension(0) > 0
        ? OptionalInt.of(Math.toIntExact(ids.dimension(0)))
        : OptionalInt.empty();
  }

  /** Length of an embedding, where the graph says it. */
  public OptionalInt dimensions() {
    return output.dimension(1) > 0
        ? OptionalInt.of(Math.toIntExact(output.dimension(1)))
        : OptionalInt.empty();
  }

  /** Whether the graph is told which tokens are filling. */
  public boolean takesMask() {
    return !masks.isEmpty();
  }

  /** Inputs and output as the graph states them, for people. */
  public String ports() {
    List<GraphPort> inputs = new ArrayList<>(List.of(ids));
    inputs.addAll(masks);
    inputs.addAll(types);
    return GraphPort.list(inputs) + " -> " + output;
  }

  /**
   * Embeds prompts, not normalised.
   *
   * @param tokens the ids of each prompt, all of one length
   * @param lengths how many tokens of each prompt are not filling
   * @return one embedding a prompt
   * @throws EngineBrokenException if the runtime fails
   */
  public float[][] run(long[][] tokens, int[] lengths) {
    int batch = tokens.length;
    int width = tokens[0].length;
    Map<String, OnnxTensor> inputs = new HashMap<>();
    try {
      inputs.put(ids.name(), tensor(ids, batch, width, (row, column) -> tokens[row][column]));
      for (GraphPort mask : masks) {
        inputs.put(
            mask.name(),
            tensor(mask, batch, width, (row, column) -> column < lengths[row] ? 1 : 0));
      }
      for (GraphPort type : types) {
        inputs.put(type.name(), tensor(type, batch, width, (row, column) -> 0));
      }
      try (OrtSession.Result result = session.run(inputs, java.util.Set.of(output.name()))) {
        return rows((OnnxTensor) result.get(0), batch);
      }
    } catch (OrtException e) {
      throw new EngineBrokenException(
          graph + ": the text encoder failed on " + batch + " prompts: " + e.getMessage(), e);
    } finally {
      inputs.values().forEach(OnnxTensor::close);
    }
  }

  private interface Cell {
    long at(int row, int column);
  }

  private OnnxTensor tensor(GraphPort port, int batch, int width, Cell cell) throws OrtException {
    long[] shape = {batch, width};
    boolean wide = port.type() == OnnxJavaType.INT64;
    ByteBuffer memory =
        ByteBuffer.allocateDirect(batch * width * (wide ? Long.BYTES : Integer.BYTES))
            .order(ByteOrder.nativeOrder());
    if (wide) {
      LongBuffer values = memory.asLongBuffer();
      for (int row = 0; row < batch; row++) {
        for (int column = 0; column < width; column++) {
          values.put(row * width + column, cell.at(row, column));
        }
      }
      return OnnxTensor.createTensor(runtime.environment(), values, shape);
    }
    IntBuffer values = memory.asIntBuffer();
    for (int row = 0; row < batch; row++) {
      for (int column = 0; column < width; column++) {
        values.put(row * width + column, Math.toIntExact(cell.at(row, column)));
      }
    }
    return OnnxTensor.createTensor(runtime.environment(), values, shape);
  }

  private float[][] rows(OnnxTensor tensor, int batch) {
    FloatBuffer values = tensor.getFloatBuffer();
    int dimensions = values.remaining() / batch;
    float[][] rows = new float[batch][dimensions];
    for (float[] row : rows) {
      values.get(row);
    }
    return rows;
  }

  @Override
  public void close() {
    try {
      session.close();
    } catch (OrtException e) {
      throw new IllegalStateException(graph + ": session does not close", e);
    }
  }
}
