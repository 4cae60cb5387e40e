package dev.halcyon.bench.throughput;

import dev.halcyon.clip.EngineSettings;
import dev.halcyon.clip.batch.BatchFailedException;
import dev.halcyon.clip.batch.BatchMemory;
import dev.halcyon.clip.batch.BatchRunner;
import dev.halcyon.clip.decode.DecodeLimits;
import dev.halcyon.clip.decode.DecodedImage;
import dev.halcyon.clip.decode.ImageDecoder;
import dev.halcyon.clip.model.ModelDirectory;
import dev.halcyon.clip.onnx.OnnxVisionModel;
import dev.halcyon.clip.preprocess.PreprocessingSpec;
import dev.halcyon.clip.preprocess.Preprocessor;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.LongFunction;

/**
 * The ceiling: on every processor one loop that decodes, preprocesses and runs the model, and
 * nothing else. No Kafka, no queue, no waiting; the memory of a batch is reused here too.
 */
public final class PlainLoop implements AutoCloseable {
  private final Shape shape;
  private final OnnxVisionModel model;
  private final ImageDecoder decoder = new ImageDecoder(DecodeLimits.DEFAULT);
  private final Preprocessor preprocessor;

  /**
   * How the processors are used.
   *
   * @param loops loops at the same time
   * @param threads threads of each run of the model
   * @param batch images of each run
   */
  public record Shape(int loops, int threads, int batch) {
    /** Those worth trying on the CPU. */
    public static List<Shape> onCpu(int processors, int batch) {
      return List.of(
          new Shape(processors, 1, 1),
          new Shape(processors, 1, batch),
          new Shape(1, processors, batch));
    }

    /** On a GPU: a second loop a processor gains nothing there. */
    public static List<Shape> onGpu(int processors, int batch) {
      return List.of(new Shape(processors, 1, batch));
    }

    @Override
    public String toString() {
      return loops + "x" + threads + " threads, batch " + batch;
    }
  }

  /**
   * The loop in the shape that is the fastest here.
   *
   * @param settings where it runs
   * @param shapes those to try
   * @param count images to try each shape with, after a quarter of them to warm up
   * @param tried told of every shape and its images a second
   */
  public static PlainLoop fastest(
      Path directory,
      EngineSettings settings,
      List<Shape> shapes,
      LongFunction<ByteBuffer> images,
      int count,
      BiConsumer<Shape, Double> tried)
      throws InterruptedException {
    Shape best = null;
    double fastest = 0;
    for (Shape shape : shapes) {
      try (PlainLoop loop = new PlainLoop(directory, settings, shape)) {
        loop.run(images, count / 4);
        double rate = loop.run(images, count);
        tried.accept(shape, rate);
        if (rate > fastest) {
          fastest = rate;
          best = shape;
        }
      }
    }
    return new PlainLoop(directory, settings, best);
  }

  private PlainLoop(Path directory, EngineSettings settings, Shape shape) {
    this.shape = shape;
    ModelDirectory files = ModelDirectory.open(directory, settings.weights());
    preprocessor = new Preprocessor(PreprocessingSpec.read(files.preprocessing()));
    model = Engine.imageEncoder(files, preprocessor.spec(), settings, shape.threads());
  }

  public Shape shape() {
    return shape;
  }

  /** Images a second over so many images. */
  public double run(LongFunction<ByteBuffer> images, int count) throws InterruptedException {
    AtomicInteger next = new AtomicInteger();
    AtomicReference<Throwable> failure = new AtomicReference<>();
    List<Thread> loops = new ArrayList<>();
    long start = System.nanoTime();
    for (int i = 0; i < shape.loops(); i++) {
      Thread loop =
          new Thread(
              () -> {
                try {
                  loop(images, count, next);
                } catch (BatchFailedException | RuntimeException e) {
                  failure.set(e);
                }
              },
              "bench-loop-" + i);
      loops.add(loop);
      loop.start();
    }
    for (Thread loop : loops) {
      loop.join();
    }
    if (failure.get() != null) {
      throw new IllegalStateException("the plain loop failed", failure.get());
    }
    return count * 1e9 / (System.nanoTime() - start);
  }

  private void loop(LongFunction<ByteBuffer> images, int count, AtomicInteger next)
      throws BatchFailedException {
    try (BatchRunner lane = model.lane();
        BatchMemory memory = lane.allocate(shape.batch())) {
      int filled = 0;
      for (int i = next.getAndIncrement(); i < count; i = next.getAndIncrement()) {
        DecodedImage decoded =
            decoder.decode(images.apply(i), preprocessor.decodeShortSidePixels());
        memory.write(filled++, out -> preprocessor.writeTo(decoded, out));
        if (filled == shape.batch()) {
          lane.run(memory, filled);
          filled = 0;
        }
      }
      if (filled > 0) {
        lane.run(memory, filled);
      }
    }
  }

  @Override
  public void close() {
    model.close();
  }
}
