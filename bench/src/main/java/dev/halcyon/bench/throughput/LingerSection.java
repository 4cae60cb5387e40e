package dev.halcyon.bench.throughput;

import dev.halcyon.app.speed.Spread;
import dev.halcyon.clip.EngineObserver;
import dev.halcyon.clip.batch.Batcher;
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

/**
 * When an idle lane should wait for a batch to fill: never, always up to the linger, or as the
 * batcher does, while an image is known to be on its way or the device is busy anyway. Images
 * arrive in several patterns at two kinds of device; a lower latency is better, whatever the rule.
 */
final class LingerSection implements Section {
  private static final Duration LINGER = Duration.ofMillis(10);
  private static final int BATCH = 32;
  private static final int BURST = 48;

  /** What decoding takes here. */
  private static final long PREPARE_NANOS = 100_000;

  private enum Rule {
    BATCHER("batcher"),
    NEVER("never"),
    ALWAYS("always");

    private final String title;

    Rule(String title) {
      this.title = title;
    }
  }

  private record Device(String title, Duration batch, Duration image) {
    private double cap() {
      return BATCH * 1e9 / (batch.toNanos() + BATCH * image.toNanos());
    }
  }

  private static final List<Device> DEVICES =
      List.of(
          new Device("10ms/batch", Duration.ofMillis(10), Duration.ZERO),
          new Device("3ms+0.1ms/image", Duration.ofMillis(3), Duration.ofNanos(100_000)),
          new Device("3ms/image", Duration.ZERO, Duration.ofMillis(3)));

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
    for (Device device : DEVICES) {
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
    double perSecond = pattern.load * device.cap();
    int count = Math.max(2 * BURST, (int) (perSecond * seconds));
    double[] millis = new double[count];
    CountDownLatch open = new CountDownLatch(count);
    Random random = new Random(seed);
    ExecutorService workers = Executors.newFixedThreadPool(2);
    try (Batcher batcher =
            Engine.timedBatcher(
                device.batch,
                device.image,
                rule == Rule.NEVER ? Duration.ZERO : LINGER,
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
}
