package dev.halcyon.app.console;

import java.util.ArrayList;
import java.util.List;

/**
 * A table of fixed column widths, so that rows can be printed while they come. Cells too long for
 * their column end in an ellipsis; the last column takes what it needs.
 */
public final class Table {
  private static final String GAP = "  ";

  private final List<Column> columns;
  private final boolean colours;

  /** How a column's cells are set. */
  public enum Align {
    LEFT,
    RIGHT
  }

  /**
   * A column.
   *
   * @param title its heading
   * @param width in characters
   */
  public record Column(String title, int width, Align align) {
    public static Column left(String title, int width) {
      return new Column(title, width, Align.LEFT);
    }

    public static Column right(String title, int width) {
      return new Column(title, width, Align.RIGHT);
    }
  }

  /** A cell with its style. */
  public record Cell(String text, Style style) {
    public static Cell of(Object text) {
      return new Cell(String.valueOf(text), Style.PLAIN);
    }
  }

  public Table(List<Column> columns, boolean colours) {
    this.columns = List.copyOf(columns);
    this.colours = colours;
  }

  /**
   * A table as wide as its contents, no column wider than {@code widest}.
   *
   * @return the whole table, a line a row
   */
  public static String of(
      List<String> titles, List<List<String>> rows, int widest, boolean colours) {
    List<Column> columns = new ArrayList<>();
    for (int i = 0; i < titles.size(); i++) {
      int width = length(titles.get(i));
      boolean numbers = !rows.isEmpty();
      for (List<String> row : rows) {
        width = Math.max(width, length(row.get(i)));
        numbers &= row.get(i).matches("[-+]?[0-9][0-9.,]*[%a-zA-Z/]{0,4}|-|");
      }
      columns.add(
          new Column(titles.get(i), Math.min(width, widest), numbers ? Align.RIGHT : Align.LEFT));
    }
    Table table = new Table(columns, colours);
    StringBuilder text = new StringBuilder(table.heading()).append('\n');
    for (List<String> row : rows) {
      text.append(table.row(row.stream().map(Cell::of).toList())).append('\n');
    }
    return text.toString();
  }

  /** The headings, underlined. */
  public String heading() {
    List<Cell> titles = columns.stream().map(c -> new Cell(c.title(), Style.BOLD)).toList();
    List<Cell> rules =
        columns.stream().map(c -> new Cell("─".repeat(c.width()), Style.DIM)).toList();
    return row(titles) + "\n" + row(rules);
  }

  /** One row, without a line break. */
  public String row(List<Cell> cells) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < columns.size(); i++) {
      Column column = columns.get(i);
      Cell cell = cells.get(i);
      boolean last = i == columns.size() - 1;
      String text = last ? cell.text() : fit(cell.text(), column.width());
      String padding = " ".repeat(Math.max(0, column.width() - length(text)));
      line.append(i == 0 ? "" : GAP);
      if (column.align() == Align.RIGHT) {
        line.append(padding).append(cell.style().paint(text, colours));
      } else {
        line.append(cell.style().paint(text, colours)).append(last ? "" : padding);
      }
    }
    return line.toString().stripTrailing();
  }

  private static String fit(String text, int width) {
    return length(text) <= width
        ? text
        : text.substring(0, text.offsetByCodePoints(0, width - 1)) + "…";
  }

  private static int length(String text) {
    return text.codePointCount(0, text.length());
  }
}
