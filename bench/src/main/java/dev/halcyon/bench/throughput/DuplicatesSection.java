package dev.halcyon.bench.throughput;

import dev.halcyon.app.speed.Spread;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/**
 * Uploads that repeat as they do in the wild: the n-th most frequent of the images comes 1/n as
 * often as the first (Zipf). With the evidence cache against without it, on the same uploads.
 */
final class DuplicatesSection implements Section {
  private static final long CACHE_BYTES = 64L << 20;

  @Override
  public String name() {
    return "duplicates";
  }

  @Override
  public void measure(Settings settings, Cluster cluster, Report report) throws Exception {
    int uploads = settings.quick() ? 120 : 600;
    int images = uploads / 2;
    List<Double> with = new ArrayList<>();
    List<Double> without = new ArrayList<>();
    List<Double> gains = new ArrayList<>();
    List<Double> reused = new ArrayList<>();
    for (int round = 1; round <= settings.rounds(); round++) {
      int[] drawn = zipf(images, uploads, round);
      long offset = (long) round * images;
      double cached = run(settings, cluster, CACHE_BYTES, drawn, offset, reused);
      double plain = run(settings, cluster, 0, drawn, offset, new ArrayList<>());
      with.add(cached);
      without.add(plain);
      gains.add(cached / plain);
    }
    report.add(
        new Figure(
            name(),
            "Zipf stream with the cache",
            "images/s",
            Spread.of(with),
            Optional.of(Spread.of(without)),
            Optional.of(Spread.of(gains)),
            Optional.empty()));
    report.add(Figure.plain(name(), "of the uploads marked as reused", "%", Spread.of(reused)));
  }

  private static double run(
      Settings settings,
      Cluster cluster,
      long cacheBytes,
      int[] drawn,
      long offset,
      List<Double> reused)
      throws Exception {
    try (Engine engine =
            Engine.model(settings.model(), settings.engine(), cacheBytes, settings.labels());
        StreamRun run = new StreamRun(cluster, engine, 4, 2, drawn.length)) {
      double rate = run.drain(i -> settings.images().get(offset + drawn[(int) i]));
      int marked = run.reused();
      if (marked != engine.runTimes().found()) {
        throw new IllegalStateException(
            engine.runTimes().found() + " were found in the cache, " + marked + " events say so");
      }
      reused.add(100.0 * marked / drawn.length);
      return rate;
    }
  }

  /** Ranks from 0, drawn with a probability of one over the rank. */
  private static int[] zipf(int ranks, int count, long seed) {
    double[] upTo = new double[ranks];
    double sum = 0;
    for (int rank = 0; rank < ranks; rank++) {
      sum += 1.0 / (rank + 1);
      upTo[rank] = sum;
    }
    Random random = new Random(seed);
    int[] drawn = new int[count];
    for (int i = 0; i < count; i++) {
      int found = java.util.Arrays.binarySearch(upTo, random.nextDouble() * sum);
      drawn[i] = found >= 0 ? found : -found - 1;
    }
    return drawn;
  }
}
