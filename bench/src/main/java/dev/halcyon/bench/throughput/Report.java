package dev.halcyon.bench.throughput;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.halcyon.app.console.Style;
import dev.halcyon.app.console.Table;
import dev.halcyon.app.speed.Spread;
import dev.halcyon.bench.FigureLines;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Prints figures as they come, a line each: rows of a table, or JSON objects. */
final class Report {
  private final FigureLines lines;
  private final List<Figure> figures = new ArrayList<>();

  Report(PrintStream out, boolean json, boolean colours) {
    lines = new FigureLines("throughput", out, json, colours, Optional.empty());
    lines.table(
        Table.Column.left("bench", 10),
        Table.Column.left("case", 38),
        Table.Column.right("value", 7),
        Table.Column.left("range", 15),
        Table.Column.left("unit", 8),
        Table.Column.right("ceiling", 7),
        Table.Column.right("ratio", 5),
        Table.Column.left("goal", 7));
  }

  void add(Figure figure) {
    figures.add(figure);
    String goal =
        figure
            .goal()
            .map(
                aim ->
                    (aim instanceof Figure.Goal.ShareAtLeast ? "≥ " : "≤ ")
                        + FigureLines.number(aim.bound()))
            .orElse("");
    lines.add(
        line(figure),
        figure.section(),
        figure.name(),
        FigureLines.number(figure.value().median()),
        FigureLines.range(figure.value()),
        figure.unit(),
        figure.ceiling().map(ceiling -> FigureLines.number(ceiling.median())).orElse(""),
        figure.ratio().map(ratio -> String.format(Locale.ROOT, "%.3f", ratio.median())).orElse(""),
        new Table.Cell(
            figure.isFine() || goal.isEmpty() ? goal : goal + " missed",
            goal.isEmpty() ? Style.PLAIN : figure.isFine() ? Style.GREEN : Style.RED));
  }

  List<Figure> figures() {
    return List.copyOf(figures);
  }

  boolean isFine() {
    return figures.stream().allMatch(Figure::isFine);
  }

  private ObjectNode line(Figure figure) {
    ObjectNode line = lines.line().put("bench", "throughput/" + figure.section());
    line.put("case", figure.name());
    FigureLines.put(line, "value", figure.value());
    line.put("unit", figure.unit());
    line.put("rounds", figure.value().count());
    put(line, "ceiling", figure.ceiling());
    put(line, "ratio", figure.ratio());
    figure.goal().ifPresent(goal -> line.put("goal", goal.bound()).put("met", figure.isFine()));
    return line;
  }

  private static void put(ObjectNode line, String name, Optional<Spread> spread) {
    spread.ifPresentOrElse(found -> FigureLines.put(line, name, found), () -> line.putNull(name));
  }
}
