package dev.halcyon.app.speed;

import dev.halcyon.clip.EngineBrokenException;
import dev.halcyon.clip.EngineObserver;
import dev.halcyon.clip.EngineSettings;
import dev.halcyon.clip.ExecutionProvider;
import dev.halcyon.clip.ModelException;
import dev.halcyon.clip.batch.BatchFailedException;
import dev.halcyon.clip.batch.BatchMemory;
import dev.halcyon.clip.batch.BatchRunner;
import dev.halcyon.clip.batch.Batcher;
import dev.halcyon.clip.decode.RgbImage;
import dev.halcyon.clip.onnx.OnnxRuntime;
import dev.halcyon.clip.onnx.OnnxVisionModel;
import dev.halcyon.clip.preprocess.PreprocessingSpec;
import dev.halcyon.clip.preprocess.Preprocessor;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;

/**
 * One image encoder, open for measurement. Three loops over it can be timed: the bare one, which
 * only runs the session on inputs that lie ready; the program's, from decoded pixels through
 * preprocessing and the common batches; and preprocessing alone. All run as they do in the stream,
 * with the same classes. Used by one thread.
 */
public final class EncoderSpeed implements AutoCloseable {
  private static final Duration LINGER = Duration.ofMillis(10);

  private final EngineSettings settings;
  private final Preprocessor preprocessor;
  private final ExecutionProvider provider;
  private final String runtimeVersion;
  private final OnnxVisionModel model;
  private final double openSeconds;

  /**
   * Opens an encoder.
   *
   * @param graph its ONNX file, which must say how long its embeddings are
   * @param settings provider, device, threads; batches and lanes are given with each measurement
   * @throws ModelException if the provider or the graph cannot be used
   */
  public static EncoderSpeed open(Path graph, PreprocessingSpec spec, EngineSettings settings) {
    return new EncoderSpeed(graph, spec, settings);
  }

  private EncoderSpeed(Path graph, PreprocessingSpec spec, EngineSettings settings) {
    this.settings = settings;
    this.preprocessor = new Preprocessor(spec);
    OnnxRuntime runtime = OnnxRuntime.start(settings);
    this.provider = runtime.provider();
    this.runtimeVersion = runtime.version();
    int threads =
        settings.intraOpThreads() > 0
            ? settings.intraOpThreads()
            : Runtime.getRuntime().availableProcessors();
    long began = System.nanoTime();
    this.model = OnnxVisionModel.open(runtime, graph, threads, spec.height(), spec.width());
    try {
      embed(RandomPictures.of(1, spec.width(), spec.height(), 0));
    } catch (RuntimeException e) {
      model.close();
      throw e;
    }
    this.openSeconds = (System.nanoTime() - began) / 1e9;
  }

  /** Where it runs. */
  public ExecutionProvider provider() {
    return provider;
  }

  /** ONNX Runtime's version. */
  public String runtimeVersion() {
    return runtimeVersion;
  }

  /** Seconds from the file to the first embedding. */
  public double openSeconds() {
    return openSeconds;
  }

  /** Embeddings of pictures, not normalised. */
  public float[][] embed(List<RgbImage> pictures) {
    try (BatchRunner lane = model.lane();
        BatchMemory memory = filled(lane, pictures.size(), pictures)) {
      lane.run(memory, pictures.size());
      return IntStream.range(0, pictures.size()).mapToObj(memory::read).toArray(float[][]::new);
    } catch (BatchFailedException e) {
      throw failed(e);
    }
  }

  /**
   * Images a second of a loop that runs the session and does nothing else.
   *
   * @param lanes threads that do so at the same time
   * @param time how long
   */
  public double bare(int batch, int lanes, List<RgbImage> pictures, Duration time)
      throws InterruptedException {
    List<BatchRunner> runners = new ArrayList<>();
    List<BatchMemory> memories = new ArrayList<>();
    ExecutorService threads = Executors.newFixedThreadPool(lanes);
    try {
      List<Callable<Long>> first = new ArrayList<>();
      List<Callable<Long>> loops = new ArrayList<>();
      for (int i = 0; i < lanes; i++) {
        BatchRunner runner = model.lane();
        runners.add(runner);
        BatchMemory memory = filled(runner, batch, pictures);
        memories.add(memory);
        first.add(() -> runUntil(System.nanoTime(), runner, memory, batch));
        loops.add(() -> runUntil(System.nanoTime() + time.toNanos(), runner, memory, batch));
      }
      // The first run of a size chooses kernels and takes memory; on a GPU a thread's first does.
      together(threads, first);
      long began = System.nanoTime();
      long images = together(threads, loops);
      return images / ((System.nanoTime() - began) / 1e9);
    } finally {
      threads.shutdownNow();
      memories.forEach(BatchMemory::close);
      runners.forEach(BatchRunner::close);
    }
  }

  /** Images of batches run one after the other, at least one, until a moment has passed. */
  private static long runUntil(long nanoTime, BatchRunner runner, BatchMemory memory, int batch)
      throws BatchFailedException {
    long images = 0;
    do {
      runner.run(memory, batch);
      images += batch;
    } while (System.nanoTime() < nanoTime);
    return images;
  }

  /**
   * Images a second from decoded pixels to embeddings: preprocessing on several threads, the common
   * batches, the session.
   *
   * @param lanes batches that may run at the same time
   * @param threads threads that preprocess
   * @param time how long, after the batches have filled once
   */
  public double batched(int batch, int lanes, int threads, List<RgbImage> pictures, Duration time)
      throws InterruptedException {
    EngineSettings these = settings.withBatches(lanes, batch, LINGER);
    List<BatchRunner> runners = IntStream.range(0, lanes).mapToObj(lane -> model.lane()).toList();
    // Counted by the batch: its images' futures complete one after the other.
    LongAdder done = new LongAdder();
    EngineObserver counting =
        new EngineObserver() {
          @Override
          public void batchRan(int images, long waitNanos, long runNanos) {
            done.add(images);
          }
        };
    LongAdder submitted = new LongAdder();
    try (Batcher batcher = Batcher.start(runners, these, counting)) {
      AtomicReference<Throwable> failure = new AtomicReference<>();
      ExecutorService submitters = Executors.newFixedThreadPool(threads);
      try {
        for (int i = 0; i < threads; i++) {
          int first = i;
          submitters.execute(() -> submit(batcher, pictures, first, submitted, failure));
        }
        await(done, (lanes + 1L) * batch, failure);
        long from = done.sum();
        long began = System.nanoTime();
        // From the end of one batch to the end of another: part of a batch would not be counted.
        Thread.sleep(time.toMillis());
        await(done, done.sum() + 1, failure);
        long images = done.sum() - from;
        return images / ((System.nanoTime() - began) / 1e9);
      } finally {
        submitters.shutdownNow();
        submitters.awaitTermination(1, TimeUnit.MINUTES);
        // What still ran would take the processors from the next measurement.
        if (failure.get() == null) {
          await(done, submitted.sum(), failure);
        }
      }
    }
  }

  /** Pictures a second that so many threads preprocess, with nothing after it. */
  public double preprocessing(int threads, List<RgbImage> pictures, Duration time)
      throws InterruptedException {
    long began = System.nanoTime();
    long until = began + time.toNanos();
    List<Callable<Long>> loops = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      int first = i;
      loops.add(
          () -> {
            try (BatchRunner lane = model.lane();
                BatchMemory memory = lane.allocate(1)) {
              long images = 0;
              do {
                RgbImage picture = pictures.get((int) ((first + images) % pictures.size()));
                memory.write(0, out -> preprocessor.writeTo(picture, out));
                images++;
              } while (System.nanoTime() < until);
              return images;
            }
          });
    }
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      return together(pool, loops) / ((System.nanoTime() - began) / 1e9);
    } finally {
      pool.shutdownNow();
    }
  }

  /**
   * As the pipeline does it for queued images: the next ticket is drawn before this one is used.
   */
  private void submit(
      Batcher batcher,
      List<RgbImage> pictures,
      int first,
      LongAdder submitted,
      AtomicReference<Throwable> failure) {
    Batcher.Ticket next = batcher.expect();
    try {
      for (int number = first; !Thread.currentThread().isInterrupted(); number++) {
        RgbImage picture = pictures.get(number % pictures.size());
        Batcher.Ticket ticket = next;
        next = batcher.expect();
        ticket
            .submit((FloatBuffer out) -> preprocessor.writeTo(picture, out))
            .whenComplete(
                (embedding, failed) -> {
                  if (failed != null) {
                    failure.compareAndSet(null, failed);
                  }
                });
        submitted.increment();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      next.close();
    }
  }

  private static void await(LongAdder done, long wanted, AtomicReference<Throwable> failure)
      throws InterruptedException {
    while (done.sum() < wanted) {
      check(failure);
      Thread.sleep(1);
    }
  }

  private static void check(AtomicReference<Throwable> failure) {
    Throwable cause = failure.get();
    if (cause != null) {
      throw new EngineBrokenException("the measurement broke off: " + cause.getMessage(), cause);
    }
  }

  private BatchMemory filled(BatchRunner lane, int items, List<RgbImage> pictures) {
    BatchMemory memory = lane.allocate(items);
    for (int i = 0; i < items; i++) {
      RgbImage picture = pictures.get(i % pictures.size());
      memory.write(i, out -> preprocessor.writeTo(picture, out));
    }
    return memory;
  }

  private static long together(ExecutorService threads, List<Callable<Long>> loops)
      throws InterruptedException {
    try {
      long sum = 0;
      for (Future<Long> loop : threads.invokeAll(loops)) {
        sum += loop.get();
      }
      return sum;
    } catch (ExecutionException e) {
      throw failed(e.getCause());
    }
  }

  private static EngineBrokenException failed(Throwable cause) {
    return new EngineBrokenException("the encoder fails: " + cause.getMessage(), cause);
  }

  @Override
  public void close() {
    model.close();
  }
}
