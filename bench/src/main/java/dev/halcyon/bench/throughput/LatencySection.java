package dev.halcyon.bench.throughput;

import dev.halcyon.app.speed.Spread;
import dev.halcyon.bench.FigureLines;
import dev.halcyon.bench.Pictures;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * How long an upload takes at 70% of what the device can do, arriving at random moments: from when
 * it was due to its decision, and to when a reader of committed records has it, which is later by
 * up to the commit interval.
 */
final class LatencySection implements Section {
  private static final double LOAD = 0.7;

  /** What Kafka, two polls and a punctuation may take beside the device. */
  private static final double ALLOWANCE_MILLIS = 50;

  @Override
  public String name() {
    return "latency";
  }

  @Override
  public void measure(Settings settings, Cluster cluster, Report report) throws Exception {
    try (Engine engine = Engine.timed(DeviceSection.BATCH, Duration.ZERO, DeviceSection.BATCH)) {
      Pictures small = Pictures.gradient(24, 24);
      if (!settings.quick()) {
        try (StreamRun warming = new StreamRun(cluster, engine, 4, 2, 10_000)) {
          warming.pace(small::get, LOAD * DeviceSection.CAP);
        }
      }
      measure(
          name(),
          cluster,
          engine,
          DeviceSection.BATCH,
          DeviceSection.BATCH.toNanos() / 1e6,
          small,
          LOAD * DeviceSection.CAP,
          settings.quick() ? 4_000 : 20_000,
          settings.rounds(),
          report);
    }
  }

  /**
   * Measures one engine.
   *
   * @param batchMillis what a full batch takes
   */
  static void measure(
      String section,
      Cluster cluster,
      Engine engine,
      Duration linger,
      double batchMillis,
      Pictures images,
      double perSecond,
      int uploads,
      int rounds,
      Report report)
      throws InterruptedException {
    List<Double> medians = new ArrayList<>();
    List<Double> decided = new ArrayList<>();
    List<Double> visible = new ArrayList<>();
    engine.runTimes().reset();
    for (int round = 0; round < rounds; round++) {
      try (StreamRun run = new StreamRun(cluster, engine, 4, 2, uploads)) {
        StreamRun.Latency latency = run.pace(images::get, perSecond);
        medians.add(Spread.percentile(latency.decidedMillis(), 0.5));
        decided.add(Spread.percentile(latency.decidedMillis(), 0.99));
        visible.add(Spread.percentile(latency.visibleMillis(), 0.99));
      }
    }
    String load = " at " + FigureLines.number(perSecond) + "/s";
    report.add(
        Figure.plain(
            section, "images of a batch" + load, "", Spread.of(engine.runTimes().meanBatch())));
    report.add(
        Figure.plain(
            section, "time of a batch" + load, "ms", Spread.of(engine.runTimes().meanRunMillis())));
    report.add(
        Figure.plain(
            section,
            "wait of its first image" + load,
            "ms",
            Spread.of(engine.runTimes().meanWaitMillis())));
    report.add(Figure.plain(section, "p50 to decision" + load, "ms", Spread.of(medians)));
    report.add(
        Figure.atMost(
            section,
            "p99 to decision" + load,
            "ms",
            Spread.of(decided),
            linger.toMillis() + 2 * batchMillis + ALLOWANCE_MILLIS));
    report.add(Figure.plain(section, "p99 to committed" + load, "ms", Spread.of(visible)));
  }
}
