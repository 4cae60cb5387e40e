package dev.halcyon.bench.throughput;

import dev.halcyon.app.speed.EncoderSpeed;
import dev.halcyon.app.speed.RandomPictures;
import dev.halcyon.app.speed.Spread;
import dev.halcyon.clip.EngineObserver;
import dev.halcyon.clip.EngineSettings;
import dev.halcyon.clip.ExecutionProvider;
import dev.halcyon.clip.batch.BatchFailedException;
import dev.halcyon.clip.batch.BatchMemory;
import dev.halcyon.clip.batch.BatchRunner;
import dev.halcyon.clip.batch.Batcher;
import dev.halcyon.clip.model.ModelDirectory;
import dev.halcyon.clip.onnx.OnnxVisionModel;
import dev.halcyon.clip.preprocess.PreprocessingSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * When an idle lane should wait for a batch to fill: never, always up to the linger, or as the
 * batcher does, while an image is known to be on its way or the device is busy anyway. Images
 * arrive in several patterns at simulated devices of several kinds, or at a GPU where the model
 * runs on one; a lower latency is better, whatever the rule.
 */
final class LingerSection implements Section {
  private static final Duration LINGER = Duration.ofMillis(10);
  private static final int BATCH = 32;
  private static final int BURST = 48;

  /** What decoding takes here. */
  private static final long PREPARE_NANOS = 100_000;

  private enum Rule {
    BATCHER("batcher"),
    /** As the batcher does where lanes do not queue: a busy device is no reason to wait. */
    EXPECTED("expected"),
    NEVER("never"),
    ALWAYS("always");

    private final String title;

    Rule(String title) {
      this.title = title;
    }
  }

  /**
   * What the images arrive at.
   *
   * @param cap images a second at the most
   * @param lanes new lanes into it
   */
  private record Device(String title, double cap, Supplier<List<BatchRunner>> lanes) {
    private static Device timed(String title, Duration batch, Duration image) {
      return new Device(
          title,
          BATCH * 1e9 / (batch.toNanos() + BATCH * image.toNanos()),
          () -> Engine.timedLanes(batch, image));
    }
  }

  private static final List<Device> TIMED =
      List.of(
          Device.timed("10ms/batch", Duration.ofMillis(10), Duration.ZERO),
          Device.timed("3ms+0.1ms/image", Duration.ofMillis(3), Duration.ofNanos(100_000)),
          Device.timed("3ms/image", Duration.ZERO, Duration.ofMillis(3)));

  /** Gaps between arrivals. */
  private enum Pattern {
    LONE("5%", 0.05, 1),
    THIRD("30%", 0.3, 1),
    BUSY("70%", 0.7, 1),
    BURSTS("bursts", 0.3, BURST);

    private final String title;
    private final double load;
    private final int together;

    Pattern(String title, double load, int together) {
      this.title = title;
      this.load = load;
      this.together = together;
    }
  }

  @Override
  public String name() {
    return "linger";
  }

  @Override
  public void measure(Settings settings, Cluster cluster, Report report) throws Exception {
    EngineSettings engine = settings.engine();
    if (engine.provider() == ExecutionProvider.CPU) {
      measure(TIMED, settings, report);
      return;
    }
    ModelDirectory files = ModelDirectory.open(settings.model(), engine.weights());
    PreprocessingSpec spec = PreprocessingSpec.read(files.preprocessing());
    double cap = cap(files, spec, engine);
    try (OnnxVisionModel model = Engine.imageEncoder(files, spec, engine, 1)) {
      Device gpu =
          new Device(
              settings.model().getFileName().toString(),
              cap,
              () -> Stream.generate(model::lane).limit(engine.concurrentBatches()).toList());
      measure(List.of(gpu), settings, report);
    }
  }

  /** What a GPU does with full batches, as many at a time as the engine drives it with. */
  private static double cap(ModelDirectory files, PreprocessingSpec spec, EngineSettings engine)
      throws InterruptedException {
    try (EncoderSpeed encoder = EncoderSpeed.open(files.visionModel(), spec, engine)) {
      return encoder.bare(
          BATCH,
          engine.concurrentBatches(),
          RandomPictures.of(1, spec.width(), spec.height(), 0),
          Duration.ofSeconds(1));
    }
  }

  private void measure(List<Device> devices, Settings settings, Report report) throws Exception {
    for (Device device : devices) {
      for (Pattern pattern : Pattern.values()) {
        Map<Rule, List<Double>> medians = new EnumMap<>(Rule.class);
        Map<Rule, List<Double>> tails = new EnumMap<>(Rule.class);
        for (int round = 0; round < settings.rounds(); round++) {
          for (Rule rule : Rule.values()) {
            double[] latencies = run(device, pattern, rule, round, settings.quick() ? 0.3 : 1.5);
            medians
                .computeIfAbsent(rule, r -> new ArrayList<>())
                .add(Spread.percentile(latencies, 0.5));
            tails
                .computeIfAbsent(rule, r -> new ArrayList<>())
                .add(Spread.percentile(latencies, 0.99));
          }
        }
        for (Rule rule : Rule.values()) {
          String title = device.title + ", " + pattern.title + ": " + rule.title;
          report.add(Figure.plain(name(), "p50 " + title, "ms", Spread.of(medians.get(rule))));
          report.add(Figure.plain(name(), "p99 " + title, "ms", Spread.of(tails.get(rule))));
        }
      }
    }
  }

  /** Sorted milliseconds from arrival to result. */
  private static double[] run(Device device, Pattern pattern, Rule rule, long seed, double seconds)
      throws Exception {
    double perSecond = pattern.load * device.cap;
    int count = Math.max(2 * BURST, (int) (perSecond * seconds));
    double[] millis = new double[count];
    CountDownLatch open = new CountDownLatch(count);
    Random random = new Random(seed);
    ExecutorService workers =
        Executors.newFixedThreadPool(Math.max(2, Runtime.getRuntime().availableProcessors() / 2));
    List<BatchRunner> lanes = device.lanes.get();
    EngineSettings batches =
        EngineSettings.defaults()
            .withBatches(lanes.size(), BATCH, rule == Rule.NEVER ? Duration.ZERO : LINGER);
    try (Batcher batcher =
            Batcher.start(
                rule == Rule.EXPECTED ? lanes.stream().map(Unqueued::new).toList() : lanes,
                batches,
                EngineObserver.NONE);
        Batcher.Ticket always = rule == Rule.ALWAYS ? batcher.expect() : null) {
      long due = System.nanoTime();
      for (int i = 0; i < count; i++) {
        if (i % pattern.together == 0) {
          due += (long) (-Math.log(1 - random.nextDouble()) * 1e9 * pattern.together / perSecond);
        }
        for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
          LockSupport.parkNanos(left);
        }
        int number = i;
        long arrived = due;
        Batcher.Ticket ticket = batcher.expect();
        workers.execute(
            () -> {
              long until = System.nanoTime() + PREPARE_NANOS;
              while (System.nanoTime() < until) {
                Thread.onSpinWait();
              }
              try {
                ticket
                    .submit(out -> out.put(0, 1))
                    .whenComplete(
                        (embedding, failure) -> {
                          millis[number] = (System.nanoTime() - arrived) / 1e6;
                          open.countDown();
                        });
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
      }
      if (!open.await(1, TimeUnit.MINUTES)) {
        throw new IllegalStateException(open.getCount() + " images have no result");
      }
    } finally {
      workers.shutdownNow();
    }
    Arrays.sort(millis);
    return millis;
  }

  /** A lane that does not say that it queues. */
  private record Unqueued(BatchRunner lane) implements BatchRunner {
    @Override
    public int maxItems() {
      return lane.maxItems();
    }

    @Override
    public BatchMemory allocate(int items) {
      return lane.allocate(items);
    }

    @Override
    public void run(BatchMemory memory, int items) throws BatchFailedException {
      lane.run(memory, items);
    }

    @Override
    public void close() {
      lane.close();
    }
  }
}
