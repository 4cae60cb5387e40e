package dev.halcyon.clip.onnx;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.platform.Fp16Conversions;
import dev.halcyon.clip.batch.BatchMemory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.ShortBuffer;
import java.util.function.Consumer;

/**
 * Direct memory for one batch's pictures and embeddings, and the tensors over it: one pair for each
 * batch size that has occurred, made once and kept.
 */
final class OnnxBatchMemory implements BatchMemory {
  /** Tensors over the same memory for one batch size. */
  record Tensors(OnnxTensor input, OnnxTensor output) {}

  /** Where pictures for a half-precision graph are written before they are converted. */
  private static final ThreadLocal<Scratch> SCRATCH = new ThreadLocal<>();

  private record Scratch(FloatBuffer floats, short[] halves) {
    private Scratch(int count) {
      this(FloatBuffer.allocate(count), new short[count]);
    }
  }

  private final BatchGraph graph;
  private final int items;
  private final ByteBuffer inputs;
  private final ByteBuffer outputs;
  private final int inputBytes;
  private final int outputBytes;
  private final Tensors[] bySize;

  OnnxBatchMemory(BatchGraph graph, int items) {
    this.graph = graph;
    this.items = items;
    this.inputBytes = graph.inputFloats() * width(graph.inputType());
    this.outputBytes = graph.outputFloats() * width(graph.outputType());
    this.inputs = direct(inputBytes);
    this.outputs = direct(outputBytes);
    this.bySize = new Tensors[items + 1];
  }

  private ByteBuffer direct(int itemBytes) {
    return ByteBuffer.allocateDirect(Math.multiplyExact(items, itemBytes))
        .order(ByteOrder.nativeOrder());
  }

  private static int width(OnnxJavaType type) {
    return type == OnnxJavaType.FLOAT16 ? Short.BYTES : Float.BYTES;
  }

  @Override
  public void write(int item, Consumer<FloatBuffer> writer) {
    ByteBuffer place = place(inputs, item, inputBytes);
    if (graph.inputType() == OnnxJavaType.FLOAT) {
      writer.accept(place.asFloatBuffer());
      return;
    }
    Scratch scratch = SCRATCH.get();
    if (scratch == null || scratch.halves().length != graph.inputFloats()) {
      scratch = new Scratch(graph.inputFloats());
      SCRATCH.set(scratch);
    }
    writer.accept(scratch.floats().clear());
    HalfPrecision.convert(scratch.floats().array(), scratch.halves());
    place.asShortBuffer().put(scratch.halves());
  }

  @Override
  public float[] read(int item) {
    ByteBuffer place = place(outputs, item, outputBytes);
    float[] embedding = new float[graph.outputFloats()];
    if (graph.outputType() == OnnxJavaType.FLOAT) {
      place.asFloatBuffer().get(embedding);
      return embedding;
    }
    ShortBuffer halves = place.asShortBuffer();
    for (int i = 0; i < embedding.length; i++) {
      embedding[i] = Fp16Conversions.fp16ToFloat(halves.get());
    }
    return embedding;
  }

  @Override
  public void copyFrom(BatchMemory other, int from, int count) {
    OnnxBatchMemory source = (OnnxBatchMemory) other;
    inputs.put(0, source.inputs, from * inputBytes, count * inputBytes);
  }

  /** The tensors for a batch of so many items; what is computed beyond them is zeros. */
  Tensors tensors(int count) throws OrtException {
    int computed = graph.computedItems(count, items);
    for (int at = count * inputBytes; at < computed * inputBytes; at += Long.BYTES) {
      inputs.putLong(Math.min(at, computed * inputBytes - Long.BYTES), 0);
    }
    Tensors tensors = bySize[computed];
    if (tensors == null) {
      OnnxTensor input =
          tensor(
              inputs.slice(0, computed * inputBytes),
              graph.inputShape(computed),
              graph.inputType());
      OnnxTensor output =
          tensor(
              outputs.slice(0, computed * outputBytes),
              graph.outputShape(computed),
              graph.outputType());
      tensors = new Tensors(input, output);
      bySize[computed] = tensors;
    }
    return tensors;
  }

  /** A tensor over memory, not a copy of it: the memory is direct and in native order. */
  private OnnxTensor tensor(ByteBuffer memory, long[] shape, OnnxJavaType type)
      throws OrtException {
    OrtEnvironment environment = graph.runtime().environment();
    ByteBuffer ordered = memory.order(ByteOrder.nativeOrder());
    return type == OnnxJavaType.FLOAT
        ? OnnxTensor.createTensor(environment, ordered.asFloatBuffer(), shape)
        : OnnxTensor.createTensor(environment, ordered.asShortBuffer(), shape, type);
  }

  private static ByteBuffer place(ByteBuffer memory, int item, int itemBytes) {
    return memory.slice(item * itemBytes, itemBytes).order(ByteOrder.nativeOrder());
  }

  @Override
  public void close() {
    for (Tensors tensors : bySize) {
      if (tensors != null) {
        tensors.input().close();
        tensors.output().close();
      }
    }
  }
}
