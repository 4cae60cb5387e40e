package dev.halcyon.clip.onnx;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.halcyon.clip.ModelException;
import dev.halcyon.clip.batch.BatchRunner;
import java.util.List;

/**
 * A graph with one input and one output whose shapes, but for the batch, the caller knows: one
 * session, and any number of lanes that run batches on it at the same time. One session may be
 * opened at several shapes. Close it after the lanes.
 */
public final class OnnxTensorModel implements AutoCloseable {
  private final OnnxRuntime runtime;
  private final String name;
  private final BatchSession session;
  private final GraphPort input;
  private final GraphPort output;

  /**
   * Opens a graph held in memory.
   *
   * @param name what to call it in errors
   * @param threads CPU threads one batch is computed with
   * @throws ModelException if it does not load or has other than one floating input and output
   */
  public static OnnxTensorModel open(OnnxRuntime runtime, String name, byte[] graph, int threads) {
    OrtSession session = runtime.open(name, graph, threads);
    try {
      return new OnnxTensorModel(runtime, name, session);
    } catch (OrtException | RuntimeException e) {
      ModelException failure =
          e instanceof ModelException known
              ? known
              : new ModelException(name + ": cannot be read: " + e.getMessage(), e);
      try {
        session.close();
      } catch (OrtException closing) {
        failure.addSuppressed(closing);
      }
      throw failure;
    }
  }

  private OnnxTensorModel(OnnxRuntime runtime, String name, OrtSession session)
      throws OrtException {
    this.runtime = runtime;
    this.name = name;
    this.session = new BatchSession(name, session);
    List<GraphPort> inputs = GraphPort.of(session.getInputInfo().values());
    List<GraphPort> outputs = GraphPort.of(session.getOutputInfo().values());
    if (inputs.size() != 1
        || outputs.size() != 1
        || !inputs.get(0).isFloating()
        || !outputs.get(0).isFloating()) {
      throw new ModelException(
          name
              + ": expected one input and one output in fp32 or fp16; found "
              + GraphPort.list(inputs)
              + " and "
              + GraphPort.list(outputs));
    }
    this.input = inputs.get(0);
    this.output = outputs.get(0);
  }

  /**
   * A lane for one thread; closing it leaves the model open.
   *
   * @param itemInput shape of one item's input, without the batch
   * @param itemOutput shape of one item's output, without the batch
   * @throws ModelException if the graph takes or gives other shapes
   */
  public BatchRunner lane(List<Integer> itemInput, List<Integer> itemOutput) {
    BatchGraph graph = new BatchGraph(runtime, session, input, output, itemInput, itemOutput);
    if (!graph.fits()) {
      throw new ModelException(
          name
              + ": expected items of shape "
              + itemInput
              + " in and "
              + itemOutput
              + " out; found "
              + input
              + " and "
              + output);
    }
    return new OnnxBatchRunner(graph, true);
  }

  @Override
  public void close() {
    session.close();
  }
}
