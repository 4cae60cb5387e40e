package dev.halcyon.bench.throughput;

import dev.halcyon.app.speed.Spread;
import dev.halcyon.bench.Pictures;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The stream over a device of 32 images in 10 ms, whatever their number: what share of its 3,200
 * images a second arrives as decisions, exactly once. The rest is what Kafka, the window and the
 * batcher cost it.
 */
final class DeviceSection implements Section {
  static final Duration BATCH = Duration.ofMillis(10);
  static final double CAP = 3_200;
  private static final double GOAL = 0.97;

  private record Case(int threads, int partitions) {
    private String title() {
      return threads
          + (threads == 1 ? " thread, " : " threads, ")
          + partitions
          + (partitions == 1 ? " partition" : " partitions");
    }
  }

  private static final List<Case> CASES =
      List.of(new Case(1, 1), new Case(1, 4), new Case(2, 4), new Case(2, 12), new Case(4, 12));

  @Override
  public String name() {
    return "device";
  }

  @Override
  public void measure(Settings settings, Cluster cluster, Report report) throws Exception {
    int uploads = settings.quick() ? 4_000 : 20_000;
    Pictures small = Pictures.gradient(24, 24);
    Map<Case, List<Double>> rates = new LinkedHashMap<>();
    List<Double> batches = new ArrayList<>();
    List<Double> micros = new ArrayList<>();
    try (Engine engine = Engine.timed(BATCH, Duration.ZERO, BATCH)) {
      for (int round = settings.quick() ? 1 : 0; round <= settings.rounds(); round++) {
        for (Case next : settings.quick() ? CASES.subList(2, 3) : CASES) {
          try (StreamRun run =
              new StreamRun(cluster, engine, next.partitions, next.threads, uploads)) {
            engine.runTimes().reset();
            long processor = processorNanos();
            double rate = run.drain(small::get);
            if (round > 0) {
              rates.computeIfAbsent(next, c -> new ArrayList<>()).add(rate);
              batches.add(engine.runTimes().meanBatch());
              micros.add((processorNanos() - processor) / 1e3 / uploads);
            }
          }
        }
      }
    }
    rates.forEach(
        (measured, values) ->
            report.add(
                new Figure(
                    name(),
                    measured.title(),
                    "images/s",
                    Spread.of(values),
                    Optional.of(Spread.of(CAP)),
                    Optional.of(Spread.of(values.stream().map(rate -> rate / CAP).toList())),
                    Optional.of(new Figure.Goal.ShareAtLeast(GOAL)))));
    report.add(Figure.plain(name(), "images of a batch", "", Spread.of(batches)));
    report.add(
        Figure.plain(
            name(), "processor time, broker and producer incl.", "us/image", Spread.of(micros)));
  }

  private static long processorNanos() {
    return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }
}
