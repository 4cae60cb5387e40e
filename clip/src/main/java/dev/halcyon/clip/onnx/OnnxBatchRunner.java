package dev.halcyon.clip.onnx;

import ai.onnxruntime.OrtException;
import dev.halcyon.clip.batch.BatchFailedException;
import dev.halcyon.clip.batch.BatchFailedException.Kind;
import dev.halcyon.clip.batch.BatchMemory;
import dev.halcyon.clip.batch.BatchRunner;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** One lane into a graph's session. Used by one thread at a time. */
final class OnnxBatchRunner implements BatchRunner {
  private final BatchGraph graph;
  private final boolean mayGiveZeros;

  OnnxBatchRunner(BatchGraph graph, boolean mayGiveZeros) {
    this.graph = graph;
    this.mayGiveZeros = mayGiveZeros;
  }

  @Override
  public int maxItems() {
    return graph.fixedBatch().orElse(Integer.MAX_VALUE);
  }

  @Override
  public boolean mayGiveZeros() {
    return mayGiveZeros;
  }

  @Override
  public boolean queuesBehindOtherLanes() {
    return graph.isOnGpu();
  }

  @Override
  public List<Integer> sizesToWarm(int most) {
    return IntStream.rangeClosed(2, most)
        .filter(items -> graph.isOnGpu() && graph.computedItems(items, most) == items)
        .boxed()
        .toList();
  }

  @Override
  public BatchMemory allocate(int items) {
    return new OnnxBatchMemory(graph, Math.max(items, graph.fixedBatch().orElse(0)));
  }

  @Override
  public void run(BatchMemory memory, int items) throws BatchFailedException {
    OnnxBatchMemory batch = (OnnxBatchMemory) memory;
    try {
      OnnxBatchMemory.Tensors tensors = batch.tensors(items);
      graph.session().run(graph.inputName(), tensors.input(), graph.outputName(), tensors.output());
    } catch (OrtException e) {
      throw new BatchFailedException(kind(e), e.getMessage(), e);
    }
  }

  /** What the runtime's error code and words say about the cause; it has no code for memory. */
  static Kind kind(OrtException e) {
    String message = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
    if (e.getCode() == OrtException.OrtErrorCode.ORT_DEVICE_RESET
        || message.contains("device-side assert")
        || message.contains("illegal memory access")
        || message.contains("unspecified launch failure")
        || message.contains("no longer available")
        || message.contains("uncorrectable ecc")) {
      return Kind.DEVICE_LOST;
    }
    if (message.contains("failed to allocate memory")
        || message.contains("out of memory")
        || message.contains("alloc_failed")
        || message.contains("bad_alloc")
        || message.contains("bad allocation")
        || message.contains("available memory of")) {
      return Kind.OUT_OF_MEMORY;
    }
    return Kind.FAILED;
  }

  /** The session belongs to the graph. */
  @Override
  public void close() {}
}
