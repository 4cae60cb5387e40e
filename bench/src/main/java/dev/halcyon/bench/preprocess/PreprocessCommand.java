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
          + " program must be twice as fast as ImageIO.",
      "",
      "Then, for each of the sample photographs at 12 megapixels, how alike the program's way is to"
          + " the full size's: its embeddings by the starter model must have a cosine of 0.999, its"
          + " pixels stay within half a level of 256 (root mean square). Beside it the cosine of a"
          + " resize in exact arithmetic, which differs by the rounding of pixels alone."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    usageHelpAutoWidth = true,
    footerHeading = "%nExit codes:%n",
    footer = {"  0  all goals are met, or --quick was given", "  1  a goal is missed"})
public final class PreprocessCommand implements Callable<Integer> {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String LARGE = "12";
  private static final String SMALL = "0.3";
  private static final double GOAL_TIMES = 2;
  private static final double GOAL_COSINE = 0.999;
  private static final double GOAL_LEVELS = 0.5;

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
    boolean fine = true;
    Table table = table();
    if (!json) {
      System.out.println(table.heading());
    }
    for (Map.Entry<String, Map<String, Measured>> size : bySize.entrySet()) {
      Map<String, Measured> ways = size.getValue();
      double times = ways.get("imageIo").millis() / ways.get("halcyon").millis();
      boolean met = !size.getKey().equals(largest) || times >= GOAL_TIMES;
      fine &= met;
      System.out.println(
          json
              ? json(size.getKey(), ways, times, met)
              : table.row(row(size.getKey(), ways, times, met)));
    }
    fine &= likeness(Double.parseDouble(largest));
    return quick || fine ? ExitCode.OK : ExitCode.FAILED;
  }

  private boolean likeness(double megapixels) throws Exception {
    List<String> photographs = quick ? Parity.PHOTOGRAPHS.subList(0, 1) : Parity.PHOTOGRAPHS;
    Table table =
        new Table(
            List.of(
                Table.Column.left("photograph", 20),
                Table.Column.right("cosine", 9),
                Table.Column.right("levels", 7),
                Table.Column.right("exact resize", 13),
                Table.Column.left("", 6)),
            Terminal.wantsColours());
    if (!json) {
      System.out.println();
      System.out.println(table.heading());
    }
    boolean fine = true;
    for (Parity.Likeness found : Parity.of(photographs, megapixels)) {
      boolean met = found.cosine() >= GOAL_COSINE && found.levels() <= GOAL_LEVELS;
      fine &= met;
      System.out.println(json ? json(found, met) : table.row(row(found, met)));
    }
    return fine;
  }

  private static List<Table.Cell> row(Parity.Likeness found, boolean met) {
    return List.of(
        Table.Cell.of(found.picture()),
        Table.Cell.of(String.format(Locale.ROOT, "%.5f", found.cosine())),
        Table.Cell.of(String.format(Locale.ROOT, "%.2f", found.levels())),
        Table.Cell.of(String.format(Locale.ROOT, "%.5f", found.exactCosine())),
        new Table.Cell(met ? "" : "missed", Style.RED));
  }

  private static String json(Parity.Likeness found, boolean met) throws java.io.IOException {
    ObjectNode line = JSON.createObjectNode();
    line.put("bench", "preprocess");
    line.put("case", found.picture());
    line.put("unit", "cosine");
    line.put("value", found.cosine());
    line.put("levels", found.levels());
    line.put("exactResize", found.exactCosine());
    line.put("met", met);
    return JSON.writeValueAsString(line);
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
            Table.Column.left("", 6)),
        Terminal.wantsColours());
  }

  private static List<Table.Cell> row(
      String size, Map<String, Measured> ways, double times, boolean met) {
    return List.of(
        Table.Cell.of(size),
        Table.Cell.of(text(ways.get("halcyon"))),
        Table.Cell.of(text(ways.get("halcyonAtFullSize"))),
        Table.Cell.of(text(ways.get("imageIo"))),
        Table.Cell.of(String.format(Locale.ROOT, "%.2f", times)),
        new Table.Cell(met ? "" : "missed", Style.RED));
  }

  private static String text(Measured measured) {
    return Double.isNaN(measured.error())
        ? String.format(Locale.ROOT, "%.2f", measured.millis())
        : String.format(Locale.ROOT, "%.2f ± %.2f", measured.millis(), measured.error());
  }

  private static String json(String size, Map<String, Measured> ways, double times, boolean met)
      throws java.io.IOException {
    ObjectNode line = JSON.createObjectNode();
    line.put("bench", "preprocess");
    line.put("case", size + " MP JPEG to pixels");
    line.put("unit", "ms");
    line.put("value", ways.get("halcyon").millis());
    line.put("fullSize", ways.get("halcyonAtFullSize").millis());
    line.put("imageIo", ways.get("imageIo").millis());
    line.put("ratio", times);
    line.put("met", met);
    return JSON.writeValueAsString(line);
  }
}
