package dev.halcyon.bench.gpu;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.halcyon.app.console.Table;
import dev.halcyon.app.speed.SpeedComparison;
import dev.halcyon.app.speed.Spread;
import dev.halcyon.bench.FigureLines;
import dev.halcyon.bench.shapes.Likeness;
import dev.halcyon.bench.shapes.Variant;
import java.util.Locale;
import java.util.Optional;

/** Prints what is measured, a line a figure, as soon as it is there. */
final class Figures {
  /**
   * Speeds of one model, batch and size of picture, in images a second.
   *
   * @param compared the program's path beside one and two bare loops
   * @param copyMillis time that a batch's way to the device takes in a graph that only averages
   * @param goal images a second that are aimed at
   * @param judged whether it must reach share and goal
   */
  record Speed(SpeedComparison compared, double copyMillis, Optional<Double> goal, boolean judged) {
    private static final double LEAST_SHARE = 0.9;

    boolean holds() {
      return !judged
          || (compared.share().median() >= LEAST_SHARE
              && (goal.isEmpty() || compared.ours().median() >= goal.get()));
    }
  }

  private final FigureLines lines;

  Figures(FigureLines lines) {
    this.lines = lines;
  }

  /** A line of text beside the figures; not for programs. */
  void say(String text) {
    lines.say(text);
  }

  void machine(String device, String provider, String version, int processors) {
    ObjectNode line = line("machine");
    line.put("device", device);
    line.put("provider", provider);
    line.put("onnxruntime", version);
    line.put("processors", processors);
    lines.add(line);
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
    line.put("value", FigureLines.rounded(seconds));
    line.put("unit", "s");
    lines.add(line);
  }

  void likeness(String model, String precision, Likeness likeness, double least, boolean holds) {
    ObjectNode line = line("verify");
    line.put("model", model);
    line.put("precision", precision);
    line.put("cosine", likeness.cosine());
    line.put("error", likeness.error());
    line.put("least", least);
    line.put("holds", holds);
    lines.table(
        Table.Column.left("against the CPU in fp32", 24),
        Table.Column.left("precision", 9),
        Table.Column.right("cosine", 9),
        Table.Column.right("error", 8),
        Table.Column.right("least", 6),
        Table.Column.left("", 5));
    lines.add(
        line,
        model,
        precision,
        String.format(Locale.ROOT, "%.6f", likeness.cosine()),
        String.format(Locale.ROOT, "%.5f", likeness.error()),
        String.format(Locale.ROOT, "%.3f", least),
        FigureLines.verdict(holds));
  }

  void preprocessing(String pictures, int threads, Spread imagesPerSecond) {
    ObjectNode line = line("preprocess");
    line.put("pictures", pictures);
    line.put("threads", threads);
    FigureLines.put(line, "value", imagesPerSecond);
    lines.table(
        Table.Column.left("preprocessing alone, to", 24),
        Table.Column.left("pictures", 9),
        Table.Column.right("threads", 7),
        Table.Column.right("images/s", 9),
        Table.Column.left("", 5));
    lines.add(line, "", pictures, Integer.toString(threads), whole(imagesPerSecond), "");
  }

  void speed(
      Variant variant, String precision, int batch, int lanes, String pictures, Speed speed) {
    ObjectNode line = line("speed");
    line.put("model", variant.shape());
    line.put("precision", precision);
    line.put("attention", variant.attentionName());
    line.put("input", variant.inputName());
    line.put("batch", batch);
    line.put("lanes", lanes);
    line.put("pictures", pictures);
    FigureLines.put(line, "value", speed.compared().ours());
    FigureLines.put(line, "ceiling", speed.compared().ceiling());
    FigureLines.put(line, "bareOneLane", speed.compared().bare().get(0));
    FigureLines.put(line, "bareTwoLanes", speed.compared().bare().get(1));
    FigureLines.put(line, "ratio", speed.compared().share());
    line.put("rounds", speed.compared().ours().count());
    line.put("copyMillis", FigureLines.rounded(speed.copyMillis()));
    speed.goal().ifPresent(goal -> line.put("goal", goal));
    line.put("judged", speed.judged());
    line.put("holds", speed.holds());
    lines.table(
        Table.Column.left("images/s", 24),
        Table.Column.left("", 4),
        Table.Column.right("batch", 5),
        Table.Column.left("pictures", 9),
        Table.Column.right("bare", 7),
        Table.Column.right("2 lanes", 7),
        Table.Column.right("copy ms", 7),
        Table.Column.right("lanes", 5),
        Table.Column.right("ours", 7),
        Table.Column.right("share", 5),
        Table.Column.left("", 5));
    lines.add(
        line,
        variant.toString(),
        precision,
        Integer.toString(batch),
        pictures,
        whole(speed.compared().bare().get(0)),
        whole(speed.compared().bare().get(1)),
        String.format(Locale.ROOT, "%.2f", speed.copyMillis()),
        Integer.toString(lanes),
        whole(speed.compared().ours()),
        String.format(Locale.ROOT, "%.2f", speed.compared().share().median()),
        speed.judged() ? FigureLines.verdict(speed.holds()) : "");
  }

  private ObjectNode line(String kind) {
    return lines.line().put("case", kind);
  }

  private static String whole(Spread spread) {
    return String.format(Locale.ROOT, "%.0f", spread.median());
  }
}
