package dev.halcyon.app.commands;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.halcyon.app.console.Table;
import dev.halcyon.app.console.Terminal;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What a command found, row by row: a table for people, one JSON object a line for machines. */
final class Rows {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int WIDEST = 48;

  private Rows() {}

  /**
   * Prints rows of the same columns.
   *
   * @param rows values by column, each in the order of the columns
   */
  static void print(PrintWriter out, List<Map<String, Object>> rows, boolean json) {
    if (json) {
      rows.forEach(row -> out.println(json(row)));
    } else if (rows.isEmpty()) {
      out.println("none");
    } else {
      List<List<String>> cells = new ArrayList<>();
      rows.forEach(row -> cells.add(row.values().stream().map(String::valueOf).toList()));
      out.print(
          Table.of(List.copyOf(rows.get(0).keySet()), cells, WIDEST, Terminal.wantsColours()));
    }
    out.flush();
  }

  /** One row as a JSON object, on one line. */
  static String json(Map<String, Object> row) {
    try {
      return JSON.writeValueAsString(row);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }
}
