package dev.halcyon.bench.redecide;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.halcyon.app.commands.ExitCode;
import dev.halcyon.app.console.Table;
import dev.halcyon.app.decision.Decider;
import dev.halcyon.app.decision.LabelScorer;
import dev.halcyon.app.speed.Spread;
import dev.halcyon.bench.FigureLines;
import dev.halcyon.bench.QuietLog;
import dev.halcyon.clip.Evidence;
import dev.halcyon.events.Embeddings;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
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
    footer = {
      "  0  at least 100,000 images/s a core and half of the ceiling, or --quick was given",
      "  1  less"
    })
public final class Redecide implements Callable<Integer> {
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
      return Spread.of(rates).median();
    }
  }

  @Override
  public Integer call() {
    QuietLog.begin();
    FigureLines lines = FigureLines.standard("redecide", json);
    lines.table(
        Table.Column.right("dimensions", 10),
        Table.Column.left("what", 50),
        Table.Column.right("images/s", 9),
        Table.Column.left("range", 20),
        Table.Column.right("share", 5));
    boolean holds = true;
    for (int dimensions : List.of(656, 512)) {
      holds &= oneCore(dimensions, lines);
    }
    fromKafka(lines);
    return quick || holds ? ExitCode.OK : ExitCode.FAILED;
  }

  private boolean oneCore(int dimensions, FigureLines lines) {
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
      report(lines, dimensions, series, Optional.of(series.median() / ceiling.median()));
    }
    return decide.median() >= WANTED_PER_SECOND
        && decide.median() >= WANTED_SHARE * ceiling.median();
  }

  private void fromKafka(FigureLines lines) {
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
    report(lines, dimensions, whole, Optional.empty());
  }

  private static void time(Series series, int images, boolean counts, Runnable work) {
    long started = THREADS.getCurrentThreadCpuTime();
    work.run();
    long nanos = THREADS.getCurrentThreadCpuTime() - started;
    if (counts) {
      series.rates().add(images / (nanos / 1e9));
    }
  }

  private static void report(
      FigureLines lines, int dimensions, Series series, Optional<Double> share) {
    Spread rate = Spread.of(series.rates());
    ObjectNode line = lines.line().put("case", series.what());
    line.put("dimensions", dimensions).put("labels", LABELS);
    FigureLines.put(line, "value", rate);
    line.put("unit", "images/s").put("rounds", rate.count());
    share.ifPresent(found -> line.put("ratio", FigureLines.rounded(found)));
    lines.add(
        line,
        dimensions,
        series.what(),
        FigureLines.number(rate.median()),
        FigureLines.range(rate),
        share.map(FigureLines::number).orElse(""));
  }
}
