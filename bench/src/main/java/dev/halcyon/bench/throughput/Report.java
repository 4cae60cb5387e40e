package dev.halcyon.bench.throughput;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.halcyon.app.console.Style;
import dev.halcyon.app.console.Table;
import dev.halcyon.app.speed.Spread;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Prints figures as they come, a line each: rows of a table, or JSON objects. */
final class Report {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final PrintStream out;
  private final boolean json;
  private final Table table;
  private final List<Figure> figures = new ArrayList<>();

  Report(PrintStream out, boolean json, boolean colours) {
    this.out = out;
    this.json = json;
    this.table =
        new Table(
            List.of(
                Table.Column.left("bench", 10),
                Table.Column.left("case", 38),
                Table.Column.right("value", 7),
                Table.Column.right("spread", 15),
                Table.Column.left("unit", 8),
                Table.Column.right("ceiling", 7),
                Table.Column.right("ratio", 5),
                Table.Column.left("goal", 7)),
            colours);
    if (!json) {
      out.println(table.heading());
    }
  }

  void add(Figure figure) {
    figures.add(figure);
    out.println(json ? json(figure) : table.row(row(figure)));
    out.flush();
  }

  List<Figure> figures() {
    return List.copyOf(figures);
  }

  boolean isFine() {
    return figures.stream().allMatch(Figure::isFine);
  }

  private static List<Table.Cell> row(Figure figure) {
    Spread value = figure.value();
    String goal =
        figure
            .goal()
            .map(
                aim ->
                    (aim instanceof Figure.Goal.ShareAtLeast ? "≥ " : "≤ ") + number(aim.bound()))
            .orElse("");
    return List.of(
        Table.Cell.of(figure.section()),
        Table.Cell.of(figure.name()),
        Table.Cell.of(number(value.median())),
        Table.Cell.of(
            value.count() == 1 ? "" : number(value.low()) + " to " + number(value.high())),
        Table.Cell.of(figure.unit()),
        Table.Cell.of(figure.ceiling().map(ceiling -> number(ceiling.median())).orElse("")),
        Table.Cell.of(
            figure
                .ratio()
                .map(ratio -> String.format(Locale.ROOT, "%.3f", ratio.median()))
                .orElse("")),
        new Table.Cell(
            figure.isFine() || goal.isEmpty() ? goal : goal + " missed",
            goal.isEmpty() ? Style.PLAIN : figure.isFine() ? Style.GREEN : Style.RED));
  }

  private static String json(Figure figure) {
    ObjectNode line = JSON.createObjectNode();
    line.put("bench", "throughput/" + figure.section());
    line.put("case", figure.name());
    put(line, "value", figure.value());
    line.put("unit", figure.unit());
    line.put("rounds", figure.value().count());
    put(line, "ceiling", figure.ceiling());
    put(line, "ratio", figure.ratio());
    figure.goal().ifPresent(goal -> line.put("goal", goal.bound()).put("met", figure.isFine()));
    try {
      return JSON.writeValueAsString(line);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree is always writable", e);
    }
  }

  private static void put(ObjectNode line, String name, Optional<Spread> spread) {
    spread.ifPresentOrElse(found -> put(line, name, found), () -> line.putNull(name));
  }

  private static void put(ObjectNode line, String name, Spread spread) {
    line.put(name, rounded(spread.median()));
    if (spread.count() > 1) {
      line.put(name + "Low", rounded(spread.low()));
      line.put(name + "High", rounded(spread.high()));
    }
  }

  private static double rounded(double value) {
    return Math.round(value * 10_000) / 10_000.0;
  }

  static String number(double value) {
    double size = Math.abs(value);
    String format = size >= 1000 ? "%,.0f" : size >= 100 ? "%.0f" : size >= 10 ? "%.1f" : "%.2f";
    return String.format(Locale.ROOT, format, value);
  }
}
