package dev.halcyon.bench.throughput;

import dev.halcyon.app.speed.Spread;
import dev.halcyon.clip.EngineSettings;
import dev.halcyon.clip.ExecutionProvider;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The stream over a real model, from bytes to committed tag, beside the plain loop on the same
 * cores; and, at 70% of what it can do, how long an upload takes.
 */
final class ModelSection implements Section {
  private static final double GOAL = 0.92;

  private static final double LOAD = 0.7;
  private static final double PACED_SECONDS = 20;

  /** Images of a run of the plain loops that have batches, on the CPU. */
  private static final int CPU_BATCH = 8;

  @Override
  public String name() {
    return "model";
  }

  @Override
  public void measure(Settings settings, Cluster cluster, Report report) throws Exception {
    int uploads = settings.quick() ? 60 : settings.uploads();
    List<Double> ours = new ArrayList<>();
    List<Double> ceilings = new ArrayList<>();
    List<Double> ratios = new ArrayList<>();
    try (PlainLoop loop = loop(settings, report);
        Engine engine = Engine.model(settings.model(), settings.engine(), 0, settings.labels())) {
      for (int round = settings.quick() ? 1 : 0; round <= settings.rounds(); round++) {
        long offset = (long) round * uploads;
        double ceiling = loop.run(i -> settings.images().get(offset + i), uploads);
        double rate;
        try (StreamRun run = new StreamRun(cluster, engine, 4, 2, uploads)) {
          rate = run.drain(i -> settings.images().get(offset + i));
        }
        if (round == 0) {
          engine.runTimes().reset();
        } else {
          ours.add(rate);
          ceilings.add(ceiling);
          ratios.add(rate / ceiling);
        }
      }
      report.add(
          new Figure(
              name(),
              "bytes to tag, " + settings.model().getFileName(),
              "images/s",
              Spread.of(ours),
              Optional.of(Spread.of(ceilings)),
              Optional.of(Spread.of(ratios)),
              Optional.of(new Figure.Goal.ShareAtLeast(GOAL))));
      latency(settings, cluster, engine, Spread.of(ours).median(), report);
    }
  }

  private void latency(
      Settings settings, Cluster cluster, Engine engine, double fullLoad, Report report)
      throws InterruptedException {
    double batch = engine.runTimes().meanBatch();
    // A lane's time has its wait for a common device in it; on the CPU lanes share none.
    double batchMillis =
        settings.engine().provider() == ExecutionProvider.CPU
            ? engine.runTimes().meanRunMillis()
            : 1e3 * batch / fullLoad;
    report.add(Figure.plain(name(), "images of a batch at full load", "", Spread.of(batch)));
    report.add(Figure.plain(name(), "time of a batch at full load", "ms", Spread.of(batchMillis)));
    double paced = LOAD * fullLoad;
    LatencySection.measure(
        name(),
        cluster,
        engine,
        settings.engine().linger(),
        batchMillis,
        settings.images(),
        paced,
        settings.quick() ? 60 : (int) (PACED_SECONDS * paced),
        1,
        report);
  }

  private PlainLoop loop(Settings settings, Report report) throws InterruptedException {
    EngineSettings engine = settings.engine();
    int processors = Runtime.getRuntime().availableProcessors();
    return PlainLoop.fastest(
        settings.model(),
        engine,
        engine.provider() == ExecutionProvider.CPU
            ? PlainLoop.Shape.onCpu(processors, CPU_BATCH)
            : PlainLoop.Shape.onGpu(processors, engine.maxBatch()),
        settings.images()::get,
        settings.quick() ? 40 : settings.uploads() * 24 / 100,
        (shape, rate) ->
            report.add(Figure.plain(name(), "plain loop, " + shape, "images/s", Spread.of(rate))));
  }
}
