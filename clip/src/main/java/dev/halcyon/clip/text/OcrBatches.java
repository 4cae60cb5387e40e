package dev.halcyon.clip.text;

import dev.halcyon.clip.batch.Batcher;
import java.util.List;

/** Puts graphs of the text detector on the engine's device. */
@FunctionalInterface
public interface OcrBatches {
  /**
   * Loads a graph and starts its batches, which stay the callee's to close.
   *
   * @param name what to call it in errors
   * @param graph the graph, in ONNX
   * @param itemInput shape of one item's input
   * @param itemOutput shape of one item's output
   * @throws dev.halcyon.clip.ModelException if it cannot be used
   */
  Batcher open(String name, byte[] graph, List<Integer> itemInput, List<Integer> itemOutput);
}
