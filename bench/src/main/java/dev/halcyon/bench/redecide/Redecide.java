package dev.halcyon.bench.redecide;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.halcyon.app.commands.ExitCode;
import dev.halcyon.app.console.Table;
import dev.halcyon.app.console.Terminal;
import dev.halcyon.app.decision.Decider;
import dev.halcyon.app.decision.LabelScorer;
import dev.halcyon.clip.Evidence;
import dev.halcyon.events.Embeddings;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code bench/redecide}. */
@Command(
    name = "redecide",
    description = {
      "How fast history is decided again by 100 labels, beside the plain matrix product.",
      "",
      "Single-threaded figures are images a second of this thread's processor time, alternating,"
          + " median and range of the rounds. The ceiling is OpenBLAS on one thread doing the same"
          + " product and nothing else. The last line reads and decodes evidence from a Kafka"
          + " broker in this process and decides it twice, as labels preview does, by wall clock on"
          + " all processors, the broker's work included."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    usageHelpAutoWidth = true,
    footerHeading = "%nExit codes:%n",
    footer = {"  0  at least 100,000 images/s a core and half of the ceiling", "  1  less"})
public final class Redecide implements Callable<Integer> {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int LABELS = 100;
  private static final double THRESHOLD = 0.6;
  private static final double WANTED_PER_SECOND = 100_000;
  private static final double WANTED_SHARE = 0.5;
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  @Option(names = "--quick", description = "Fewer images and rounds.")
  private boolean quick;

  @Option(names = "--json", description = "One JSON object a line on standard output.")
  private boolean json;

  /** Images a second, round by round. */
  private record Series(String what, List<Double> rates) {
    Series(String what) {
      this(what, new ArrayList<>());
    }

    double median() {
      List<Double> sorted = new ArrayList<>(rates);
      Collections.sort(sorted);
      return sorted.get(sorted.size() / 2);
    }
  }

  @Override
  public Integer call() {
    for (String noisy : List.of("kafka", "org.apache.kafka", "state.change.logger")) {
      ((Logger) LoggerFactory.getLogger(noisy)).setLevel(Level.OFF);
    }
    boolean holds = true;
    List<List<String>> rows = new ArrayList<>();
    for (int dimensions : List.of(656, 512)) {
      holds &= oneCore(dimensions, rows);
    }
    fromKafka(rows);
    if (!json) {
      System.out.print(
          Table.of(
              List.of("dimensions", "what", "images/s", "least", "most", "of ceiling"),
              rows,
              60,
              Terminal.wantsColours()));
    }
    return holds ? ExitCode.OK : ExitCode.FAILED;
  }

  private boolean oneCore(int dimensions, List<List<String>> rows) {
    int count = quick ? 8_192 : 32_768;
    SyntheticHistory history = new SyntheticHistory(dimensions, LABELS, THRESHOLD);
    List<Evidence> quiet = history.images(count, 0);
    List<Evidence> mixed = history.images(count, 0.1);
    List<Decider.Context> contexts = SyntheticHistory.contexts(count);
    List<float[]> embeddings = quiet.stream().map(Evidence::embedding).toList();
    List<ByteBuffer> halves = embeddings.stream().map(Embeddings::encode).toList();
    LabelScorer scorer = new LabelScorer(history.decider().compiled());
    Series ceiling = new Series("ceiling: OpenBLAS product, one thread");
    Series product = new Series("similarities, in an order that never changes");
    Series decide = new Series("decide, no image fires a label");
    Series firing = new Series("decide, one image in ten fires a label");
    Series decode = new Series("decode half floats");
    try (PlainProduct plain = new PlainProduct(quiet, scorer.rowCount())) {
      int rounds = quick ? 5 : 11;
      for (int round = -3; round < rounds; round++) {
        boolean warm = round >= 0;
        time(ceiling, count, warm, plain::run);
        time(product, count, warm, () -> scorer.similarities(embeddings, (r, f, n, s) -> {}));
        time(decide, count, warm, () -> history.decider().decideAll(quiet, contexts));
        time(firing, count, warm, () -> history.decider().decideAll(mixed, contexts));
        time(decode, count, warm, () -> halves.forEach(h -> Embeddings.decode(h, dimensions)));
      }
    }
    for (Series series : List.of(ceiling, product, decide, firing, decode)) {
      report(rows, dimensions, series, series.median() / ceiling.median());
    }
    return decide.median() >= WANTED_PER_SECOND
        && decide.median() >= WANTED_SHARE * ceiling.median();
  }

  private void fromKafka(List<List<String>> rows) {
    int dimensions = 656;
    int count = quick ? 20_000 : 100_000;
    SyntheticHistory history = new SyntheticHistory(dimensions, LABELS, THRESHOLD);
    Series whole =
        new Series(
            "preview from Kafka, all "
                + Runtime.getRuntime().availableProcessors()
                + " processors, two sets");
    try (KeptHistory kept = new KeptHistory(history)) {
      kept.write(history.images(count, 0.1));
      for (int round = -1; round < (quick ? 3 : 7); round++) {
        long started = System.nanoTime();
        long images = kept.preview();
        if (images != count) {
          throw new IllegalStateException(images + " of " + count + " images were read");
        }
        if (round >= 0) {
          whole.rates().add(count / ((System.nanoTime() - started) / 1e9));
        }
      }
    }
    report(rows, dimensions, whole, Double.NaN);
  }

  private static void time(Series series, int images, boolean counts, Runnable work) {
    long started = THREADS.getCurrentThreadCpuTime();
    work.run();
    long nanos = THREADS.getCurrentThreadCpuTime() - started;
    if (counts) {
      series.rates().add(images / (nanos / 1e9));
    }
  }

  private void report(List<List<String>> rows, int dimensions, Series series, double share) {
    double least = Collections.min(series.rates());
    double most = Collections.max(series.rates());
    if (!json) {
      rows.add(
          List.of(
              Integer.toString(dimensions),
              series.what(),
              whole(series.median()),
              whole(least),
              whole(most),
              Double.isNaN(share) ? "-" : String.format(Locale.ROOT, "%.2f", share)));
      return;
    }
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("dimensions", dimensions);
    row.put("labels", LABELS);
    row.put("what", series.what());
    row.put("imagesPerSecond", Math.round(series.median()));
    row.put("least", Math.round(least));
    row.put("most", Math.round(most));
    row.put("rounds", series.rates().size());
    row.put("ofCeiling", Double.isNaN(share) ? null : Math.round(share * 1000) / 1000.0);
    try {
      System.out.println(JSON.writeValueAsString(row));
    } catch (JsonProcessingException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static String whole(double rate) {
    return String.format(Locale.ROOT, "%,.0f", rate);
  }
}
