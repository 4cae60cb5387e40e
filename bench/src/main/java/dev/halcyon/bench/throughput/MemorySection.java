package dev.halcyon.bench.throughput;

import dev.halcyon.app.speed.Spread;
import dev.halcyon.bench.FigureLines;
import dev.halcyon.bench.Pictures;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Whether memory grows with the images that went through: heap after a collection, and the resident
 * memory of the process, broker included, over a long run. A rise counts when it exceeds twice the
 * scatter about the line.
 */
final class MemorySection implements Section {
  private static final int SAMPLES = 40;
  private static final double MEGAPIXELS = 0.03;

  @Override
  public String name() {
    return "memory";
  }

  @Override
  public void measure(Settings settings, Cluster cluster, Report report) throws Exception {
    int count = settings.quick() ? 400 : settings.memoryImages();
    int every = Math.max(1, count / SAMPLES);
    Pictures small = settings.images().scaledTo(MEGAPIXELS);
    List<Double> heap = new ArrayList<>();
    List<Double> resident = new ArrayList<>();
    try (Engine engine = Engine.model(settings.model(), settings.engine(), 0, settings.labels());
        StreamRun run = new StreamRun(cluster, engine, 4, 2, count)) {
      run.flow(
          small::get,
          every,
          () -> {
            System.gc();
            heap.add(usedHeapMegabytes());
            resident.add(residentMegabytes());
          });
    }
    String model = settings.model().getFileName().toString();
    add(report, "heap", heap, count, model);
    add(report, "resident", resident, count, model);
  }

  private void add(Report report, String what, List<Double> all, int count, String model) {
    // The first fifth fills pools and compiles code.
    List<Double> samples = all.subList(all.size() / 5, all.size());
    int n = samples.size();
    double meanX = (n - 1) / 2.0;
    double meanY = samples.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
    double xy = 0;
    double xx = 0;
    for (int i = 0; i < n; i++) {
      xy += (i - meanX) * (samples.get(i) - meanY);
      xx += (i - meanX) * (i - meanX);
    }
    double slope = xy / xx;
    double squares = 0;
    for (int i = 0; i < n; i++) {
      double off = samples.get(i) - meanY - slope * (i - meanX);
      squares += off * off;
    }
    double scatter = Math.sqrt(squares / Math.max(1, n - 2));
    report.add(Figure.plain(name(), what + ", level, " + model, "MB", Spread.of(samples)));
    report.add(
        Figure.atMost(
            name(),
            what + ", rise over " + FigureLines.number(0.8 * count) + " images",
            "MB",
            Spread.of(slope * (n - 1)),
            2 * scatter));
  }

  private static double usedHeapMegabytes() {
    Runtime runtime = Runtime.getRuntime();
    return (runtime.totalMemory() - runtime.freeMemory()) / 1e6;
  }

  private static double residentMegabytes() {
    try {
      return Files.readAllLines(Path.of("/proc/self/status")).stream()
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToDouble(line -> Double.parseDouble(line.replaceAll("[^0-9]", "")) * 1.024e-3)
          .findFirst()
          .orElse(Double.NaN);
    } catch (IOException e) {
      throw new UncheckedIOException("resident memory can be read on Linux only", e);
    }
  }
}
