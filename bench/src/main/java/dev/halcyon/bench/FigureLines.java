package dev.halcyon.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.halcyon.app.console.Style;
import dev.halcyon.app.console.Table;
import dev.halcyon.app.console.Terminal;
import dev.halcyon.app.speed.Spread;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Where a bench's figures go, each as soon as it is there: rows of a table, or JSON objects a line;
 * to a file, where one is wanted, as JSON as well.
 */
public final class FigureLines {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final String bench;
  private final PrintStream out;
  private final boolean json;
  private final boolean colours;
  private final Optional<PrintStream> saved;
  private Table table;
  private List<Table.Column> columns = List.of();

  /**
   * Figures of one bench.
   *
   * @param bench its name, as JSON has it
   * @param json JSON lines instead of tables
   * @param saved where JSON lines go as well
   */
  public FigureLines(
      String bench, PrintStream out, boolean json, boolean colours, Optional<PrintStream> saved) {
    this.bench = bench;
    this.out = out;
    this.json = json;
    this.colours = colours;
    this.saved = saved;
  }

  /** Figures of one bench on standard output. */
  public static FigureLines standard(String bench, boolean json) {
    return new FigureLines(bench, System.out, json, Terminal.wantsColours(), Optional.empty());
  }

  /** A line of text beside the figures; not for programs. */
  public void say(String text) {
    if (!json) {
      out.println(text);
    }
  }

  /** Begins a table, unless it is the one that is being printed. */
  public void table(Table.Column... wanted) {
    if (json || columns.equals(List.of(wanted))) {
      return;
    }
    if (table != null) {
      out.println();
    }
    columns = List.of(wanted);
    table = new Table(columns, colours);
    out.println(table.heading());
  }

  /** A JSON object for one figure of the bench. */
  public ObjectNode line() {
    return JSON.createObjectNode().put("bench", bench);
  }

  /**
   * A figure.
   *
   * @param line it as JSON
   * @param cells it as a row of the table, plain but for {@link Table.Cell}s; none where the table
   *     does not show it
   */
  public void add(ObjectNode line, Object... cells) {
    String text = text(line);
    saved.ifPresent(file -> file.println(text));
    if (json) {
      out.println(text);
    } else if (cells.length > 0) {
      List<Table.Cell> row = new ArrayList<>();
      for (Object cell : cells) {
        row.add(cell instanceof Table.Cell made ? made : Table.Cell.of(cell));
      }
      out.println(table.row(row));
    }
    out.flush();
  }

  private static String text(ObjectNode line) {
    try {
      return JSON.writeValueAsString(line);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree is always writable", e);
    }
  }

  /** Puts a median, and where there were several rounds their range, least first. */
  public static void put(ObjectNode line, String name, Spread spread) {
    line.put(name, rounded(spread.median()));
    if (spread.count() > 1) {
      line.putArray(name + "Range").add(rounded(spread.low())).add(rounded(spread.high()));
    }
  }

  /** As JSON has numbers: four digits behind the point. */
  public static double rounded(double value) {
    return Math.round(value * 10_000) / 10_000.0;
  }

  /** As tables have numbers: three digits, more only for large ones. */
  public static String number(double value) {
    double size = Math.abs(value);
    String format = size >= 1000 ? "%,.0f" : size >= 100 ? "%.0f" : size >= 10 ? "%.1f" : "%.2f";
    return String.format(Locale.ROOT, format, value);
  }

  /** Least and greatest, where there were several rounds. */
  public static String range(Spread spread) {
    return spread.count() == 1 ? "" : number(spread.low()) + " to " + number(spread.high());
  }

  /** Whether a figure is as it should be. */
  public static Table.Cell verdict(boolean holds) {
    return new Table.Cell(holds ? "ok" : "below", holds ? Style.GREEN : Style.RED);
  }
}
