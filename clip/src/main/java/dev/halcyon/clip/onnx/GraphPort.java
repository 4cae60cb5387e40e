package dev.halcyon.clip.onnx;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.TensorInfo;
import dev.halcyon.clip.ModelException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/**
 * One input or output of a graph.
 *
 * @param name its name
 * @param type type of its elements
 * @param shape its dimensions, -1 where one is free
 */
record GraphPort(String name, OnnxJavaType type, List<Long> shape) {

  /** The tensors among a graph's inputs or outputs, in the graph's order. */
  static List<GraphPort> of(Collection<NodeInfo> nodes) {
    return nodes.stream()
        .filter(node -> node.getInfo() instanceof TensorInfo)
        .map(
            node -> {
              TensorInfo info = (TensorInfo) node.getInfo();
              return new GraphPort(
                  node.getName(), info.type, Arrays.stream(info.getShape()).boxed().toList());
            })
        .toList();
  }

  int rank() {
    return shape.size();
  }

  /** A dimension, -1 where it is free. */
  long dimension(int index) {
    return shape.get(index);
  }

  boolean isFloating() {
    return type == OnnxJavaType.FLOAT || type == OnnxJavaType.FLOAT16;
  }

  boolean isInteger() {
    return type == OnnxJavaType.INT64 || type == OnnxJavaType.INT32;
  }

  /** For errors: {@code pixel_values FLOAT[?, 3, 224, 224]}. */
  @Override
  public String toString() {
    return name
        + " "
        + type
        + shape.stream()
            .map(dimension -> dimension < 0 ? "?" : dimension.toString())
            .collect(Collectors.joining(", ", "[", "]"));
  }

  static String list(List<GraphPort> ports) {
    return ports.isEmpty()
        ? "none"
        : ports.stream().map(GraphPort::toString).collect(Collectors.joining(", "));
  }

  /**
   * The output that holds embeddings: of rank 2, under the name exporters use, or the only one.
   *
   * @param names usual names, best first
   */
  static GraphPort embeddingOutput(Path graph, List<GraphPort> outputs, List<String> names) {
    List<GraphPort> fitting =
        outputs.stream().filter(port -> port.rank() == 2 && port.isFloating()).toList();
    for (String name : names) {
      for (GraphPort port : fitting) {
        if (port.name().equals(name)) {
          return port;
        }
      }
    }
    if (fitting.size() == 1) {
      return fitting.get(0);
    }
    throw new ModelException(
        graph
            + ": expected one output of shape [batch, dimensions] in fp32 or fp16, named "
            + String.join(" or ", names)
            + "; found "
            + list(outputs)
            + "; export the encoder with its projection");
  }
}
