package dev.halcyon.bench.preprocess;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.halcyon.app.Home;
import dev.halcyon.app.commands.ExitCode;
import dev.halcyon.app.console.Style;
import dev.halcyon.app.console.Table;
import dev.halcyon.app.console.Terminal;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code bench/preprocess}. */
@Command(
    name = "preprocess",
    description = {
      "Measure a JPEG's way to a model's input, beside the JDK's ImageIO, with JMH.",
      "",
      "Three ways on one thread: as the program does it (a large JPEG is decoded at a part of its"
          + " size), decoded at full size, and with ImageIO and Java2D. At 12 megapixels the"
          + " program must be twice as fast as ImageIO, and the embedding of its pixels, by the"
          + " starter model, must have a cosine of 0.9999 with that of the full size's."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    usageHelpAutoWidth = true,
    footerHeading = "%nExit codes:%n",
    footer = {"  0  both goals are met, or --quick was given", "  1  a goal is missed"})
public final class PreprocessCommand implements Callable<Integer> {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String LARGE = "12";
  private static final String SMALL = "0.3";
  private static final double GOAL_TIMES = 2;
  private static final double GOAL_COSINE = 0.9999;

  @Option(names = "--quick", description = "Measure little, to see that everything works.")
  private boolean quick;

  @Option(names = "--json", description = "One JSON object a figure on standard output.")
  private boolean json;

  private record Measured(double millis, double error) {}

  @Override
  public Integer call() throws Exception {
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .include(JpegBenchmark.class.getName())
            .verbosity(VerboseMode.SILENT)
            .warmupIterations(quick ? 1 : 3)
            .warmupTime(quick ? TimeValue.milliseconds(50) : TimeValue.seconds(1))
            .measurementIterations(quick ? 1 : 5)
            .measurementTime(quick ? TimeValue.milliseconds(50) : TimeValue.seconds(1))
            .forks(quick ? 0 : 1)
            .jvmArgsAppend("-Dhalcyon.home=" + Home.path(), "-Djava.awt.headless=true");
    if (quick) {
      options = options.param("megapixels", SMALL);
    }
    Map<String, Map<String, Measured>> bySize = bySize(new Runner(options.build()).run());
    String largest = quick ? SMALL : LARGE;
    double cosine = Parity.cosineOfReducedDecoding(Double.parseDouble(largest));
    boolean fine = true;
    Table table = table();
    if (!json) {
      System.out.println(table.heading());
    }
    for (Map.Entry<String, Map<String, Measured>> size : bySize.entrySet()) {
      Map<String, Measured> ways = size.getValue();
      double times = ways.get("imageIo").millis() / ways.get("halcyon").millis();
      boolean large = size.getKey().equals(largest);
      boolean met = !large || (times >= GOAL_TIMES && cosine >= GOAL_COSINE);
      fine &= met;
      System.out.println(
          json
              ? json(size.getKey(), ways, times, large ? cosine : Double.NaN, met)
              : table.row(row(size.getKey(), ways, times, large ? cosine : Double.NaN, met)));
    }
    return quick || fine ? ExitCode.OK : ExitCode.FAILED;
  }

  private static Map<String, Map<String, Measured>> bySize(Collection<RunResult> results) {
    Map<String, Map<String, Measured>> bySize =
        new TreeMap<>((a, b) -> Double.compare(Double.parseDouble(a), Double.parseDouble(b)));
    for (RunResult result : results) {
      String benchmark = result.getParams().getBenchmark();
      Result<?> score = result.getPrimaryResult();
      bySize
          .computeIfAbsent(result.getParams().getParam("megapixels"), size -> new TreeMap<>())
          .put(
              benchmark.substring(benchmark.lastIndexOf('.') + 1),
              new Measured(score.getScore(), score.getScoreError()));
    }
    return bySize;
  }

  private static Table table() {
    return new Table(
        List.of(
            Table.Column.right("megapixels", 10),
            Table.Column.right("program, ms", 16),
            Table.Column.right("full size, ms", 16),
            Table.Column.right("ImageIO, ms", 16),
            Table.Column.right("ratio", 5),
            Table.Column.right("cosine", 8),
            Table.Column.left("", 6)),
        Terminal.wantsColours());
  }

  private static List<Table.Cell> row(
      String size, Map<String, Measured> ways, double times, double cosine, boolean met) {
    return List.of(
        Table.Cell.of(size),
        Table.Cell.of(text(ways.get("halcyon"))),
        Table.Cell.of(text(ways.get("halcyonAtFullSize"))),
        Table.Cell.of(text(ways.get("imageIo"))),
        Table.Cell.of(String.format(Locale.ROOT, "%.2f", times)),
        Table.Cell.of(Double.isNaN(cosine) ? "" : String.format(Locale.ROOT, "%.6f", cosine)),
        new Table.Cell(met ? "" : "missed", Style.RED));
  }

  private static String text(Measured measured) {
    return Double.isNaN(measured.error())
        ? String.format(Locale.ROOT, "%.2f", measured.millis())
        : String.format(Locale.ROOT, "%.2f ± %.2f", measured.millis(), measured.error());
  }

  private static String json(
      String size, Map<String, Measured> ways, double times, double cosine, boolean met)
      throws java.io.IOException {
    ObjectNode line = JSON.createObjectNode();
    line.put("bench", "preprocess");
    line.put("case", size + " MP JPEG to pixels");
    line.put("unit", "ms");
    line.put("value", ways.get("halcyon").millis());
    line.put("fullSize", ways.get("halcyonAtFullSize").millis());
    line.put("imageIo", ways.get("imageIo").millis());
    line.put("ratio", times);
    if (!Double.isNaN(cosine)) {
      line.put("cosine", cosine);
    }
    line.put("met", met);
    return JSON.writeValueAsString(line);
  }
}
