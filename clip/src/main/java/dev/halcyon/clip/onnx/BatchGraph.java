package dev.halcyon.clip.onnx;

import ai.onnxruntime.OnnxJavaType;
import dev.halcyon.clip.ExecutionProvider;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * A graph of one input and one output, to be run in batches of items of one shape.
 *
 * @param runtime where it runs
 * @param session the graph
 * @param input its input, whose first dimension is the batch
 * @param output its output, whose first dimension is the batch
 * @param itemInput shape of one item's input, without the batch
 * @param itemOutput shape of one item's output, without the batch
 */
record BatchGraph(
    OnnxRuntime runtime,
    BatchSession session,
    GraphPort input,
    GraphPort output,
    List<Integer> itemInput,
    List<Integer> itemOutput) {
  BatchGraph {
    itemInput = List.copyOf(itemInput);
    itemOutput = List.copyOf(itemOutput);
  }

  /** Items a batch must have, where the graph fixes it. */
  OptionalInt fixedBatch() {
    return input.dimension(0) > 0
        ? OptionalInt.of(Math.toIntExact(input.dimension(0)))
        : OptionalInt.empty();
  }

  /**
   * How many items are really computed for a batch. A GPU chooses its kernels anew for each shape,
   * so only powers of two are computed there.
   */
  int computedItems(int items, int most) {
    if (fixedBatch().isPresent()) {
      return fixedBatch().getAsInt();
    }
    if (!isOnGpu()) {
      return items;
    }
    int power = Integer.highestOneBit(items);
    return Math.min(most, power == items ? items : power * 2);
  }

  boolean isOnGpu() {
    return runtime.provider() != ExecutionProvider.CPU;
  }

  String inputName() {
    return input.name();
  }

  OnnxJavaType inputType() {
    return input.type();
  }

  String outputName() {
    return output.name();
  }

  OnnxJavaType outputType() {
    return output.type();
  }

  long[] inputShape(int items) {
    return shape(items, itemInput);
  }

  long[] outputShape(int items) {
    return shape(items, itemOutput);
  }

  /** Numbers of one item's input. */
  int inputFloats() {
    return itemInput.stream().reduce(1, Math::multiplyExact);
  }

  /** Numbers of one item's output. */
  int outputFloats() {
    return itemOutput.stream().reduce(1, Math::multiplyExact);
  }

  /** Whether the ports can hold such items. */
  boolean fits() {
    return fits(input, itemInput) && fits(output, itemOutput);
  }

  private static boolean fits(GraphPort port, List<Integer> item) {
    return port.rank() == item.size() + 1
        && IntStream.range(0, item.size())
            .allMatch(
                i -> port.dimension(i + 1) < 0 || port.dimension(i + 1) == item.get(i).longValue());
  }

  private static long[] shape(int items, List<Integer> item) {
    return LongStream.concat(LongStream.of(items), item.stream().mapToLong(Integer::longValue))
        .toArray();
  }
}
