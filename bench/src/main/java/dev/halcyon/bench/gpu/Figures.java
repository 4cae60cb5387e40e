package dev.halcyon.bench.gpu;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.halcyon.app.console.Style;
import dev.halcyon.app.console.Table;
import dev.halcyon.app.speed.Spread;
import dev.halcyon.bench.shapes.Likeness;
import dev.halcyon.bench.shapes.Variant;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Prints what is measured, a line a figure, as soon as it is there. */
final class Figures {
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * Speeds of one model, batch and size of picture, in images a second.
   *
   * @param bareOne one lane's bare loop
   * @param bareTwo two lanes' bare loops
   * @param ours the program's path
   * @param share ours of the faster bare loop, round by round
   * @param copyMillis time that a batch's way to the device takes in a graph that only averages
   * @param goal images a second that are aimed at
   * @param judged whether it must reach share and goal
   */
  record Speed(
      Spread bareOne,
      Spread bareTwo,
      Spread ours,
      Spread share,
      double copyMillis,
      Optional<Double> goal,
      boolean judged) {
    private static final double LEAST_SHARE = 0.9;

    boolean holds() {
      return !judged
          || (share.median() >= LEAST_SHARE && (goal.isEmpty() || ours.median() >= goal.get()));
    }
  }

  private final PrintStream out;
  private final boolean json;
  private final boolean colours;
  private final Optional<PrintStream> saved;
  private Table table;
  private String heading = "";

  /**
   * Printing to a stream.
   *
   * @param json JSON lines instead of tables
   * @param saved where JSON lines go as well
   */
  Figures(PrintStream out, boolean json, boolean colours, Optional<PrintStream> saved) {
    this.out = out;
    this.json = json;
    this.colours = colours;
    this.saved = saved;
  }

  /** A line of text beside the figures; not for programs. */
  void say(String text) {
    if (!json) {
      out.println(text);
    }
  }

  void machine(String device, String provider, String version, int processors) {
    ObjectNode line = line("machine");
    line.put("device", device);
    line.put("provider", provider);
    line.put("onnxruntime", version);
    line.put("processors", processors);
    print(line);
    say(
        device
            + ", provider "
            + provider
            + ", ONNX Runtime "
            + version
            + ", "
            + processors
            + " processors");
  }

  void opened(String model, String precision, double seconds) {
    ObjectNode line = line("open");
    line.put("model", model);
    line.put("precision", precision);
    line.put("value", round(seconds, 2));
    line.put("unit", "s");
    print(line);
  }

  void likeness(String model, String precision, Likeness likeness, double least, boolean holds) {
    ObjectNode line = line("verify");
    line.put("model", model);
    line.put("precision", precision);
    line.put("cosine", likeness.cosine());
    line.put("error", likeness.error());
    line.put("least", least);
    line.put("holds", holds);
    print(line);
    start(
        "verify",
        Table.Column.left("against the CPU in fp32", 24),
        Table.Column.left("precision", 9),
        Table.Column.right("cosine", 9),
        Table.Column.right("error", 8),
        Table.Column.right("least", 6),
        Table.Column.left("", 5));
    row(
        model,
        precision,
        String.format(Locale.ROOT, "%.6f", likeness.cosine()),
        String.format(Locale.ROOT, "%.5f", likeness.error()),
        String.format(Locale.ROOT, "%.3f", least),
        holds);
  }

  void preprocessing(String pictures, int threads, Spread imagesPerSecond) {
    ObjectNode line = line("preprocess");
    line.put("pictures", pictures);
    line.put("threads", threads);
    spread(line, "value", imagesPerSecond);
    print(line);
    start(
        "preprocess",
        Table.Column.left("preprocessing alone, to", 24),
        Table.Column.left("pictures", 9),
        Table.Column.right("threads", 7),
        Table.Column.right("images/s", 9),
        Table.Column.left("", 5));
    row("", pictures, Integer.toString(threads), whole(imagesPerSecond), "");
  }

  void speed(Variant variant, int batch, int lanes, String pictures, Speed speed) {
    ObjectNode line = line("speed");
    line.put("model", variant.shape());
    line.put("precision", "fp16");
    line.put("attention", variant.attentionName());
    line.put("input", variant.inputName());
    line.put("batch", batch);
    line.put("lanes", lanes);
    line.put("pictures", pictures);
    spread(line, "value", speed.ours());
    spread(line, "ceiling", best(speed));
    spread(line, "bareOneLane", speed.bareOne());
    spread(line, "bareTwoLanes", speed.bareTwo());
    spread(line, "ratio", speed.share());
    line.put("copyMillis", round(speed.copyMillis(), 3));
    speed.goal().ifPresent(goal -> line.put("goal", goal));
    line.put("judged", speed.judged());
    line.put("holds", speed.holds());
    print(line);
    start(
        "speed",
        Table.Column.left("fp16, images/s", 24),
        Table.Column.right("batch", 5),
        Table.Column.left("pictures", 9),
        Table.Column.right("bare", 7),
        Table.Column.right("2 lanes", 7),
        Table.Column.right("copy ms", 7),
        Table.Column.right("lanes", 5),
        Table.Column.right("ours", 7),
        Table.Column.right("share", 5),
        Table.Column.left("", 5));
    row(
        variant.toString(),
        Integer.toString(batch),
        pictures,
        whole(speed.bareOne()),
        whole(speed.bareTwo()),
        String.format(Locale.ROOT, "%.2f", speed.copyMillis()),
        Integer.toString(lanes),
        whole(speed.ours()),
        String.format(Locale.ROOT, "%.2f", speed.share().median()),
        speed.judged() ? speed.holds() : "");
  }

  static Spread best(Speed speed) {
    return speed.bareTwo().median() > speed.bareOne().median() ? speed.bareTwo() : speed.bareOne();
  }

  private void start(String kind, Table.Column... columns) {
    if (json || heading.equals(kind)) {
      return;
    }
    heading = kind;
    table = new Table(List.of(columns), colours);
    out.println();
    out.println(table.heading());
  }

  private void row(Object... cells) {
    if (json) {
      return;
    }
    List<Table.Cell> row = new ArrayList<>();
    for (Object cell : cells) {
      row.add(
          cell instanceof Boolean holds
              ? new Table.Cell(holds ? "ok" : "below", holds ? Style.GREEN : Style.RED)
              : Table.Cell.of(cell));
    }
    out.println(table.row(row));
    out.flush();
  }

  private static ObjectNode line(String kind) {
    ObjectNode line = JSON.createObjectNode();
    line.put("bench", "gpu-check");
    line.put("case", kind);
    return line;
  }

  private static void spread(ObjectNode line, String name, Spread spread) {
    line.put(name, round(spread.median(), 4));
    line.putArray(name + "Range").add(round(spread.low(), 4)).add(round(spread.high(), 4));
    line.put("n", spread.count());
  }

  private static String whole(Spread spread) {
    return String.format(Locale.ROOT, "%.0f", spread.median());
  }

  private static double round(double value, int digits) {
    double power = Math.pow(10, digits);
    return Math.round(value * power) / power;
  }

  private void print(ObjectNode line) {
    try {
      String text = JSON.writeValueAsString(line);
      if (json) {
        out.println(text);
        out.flush();
      }
      saved.ifPresent(
          file -> {
            file.println(text);
            file.flush();
          });
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a line of figures is JSON", e);
    }
  }
}
