package dev.halcyon.app.commands;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.halcyon.app.commands.ImageOutcome.AlertLine;
import dev.halcyon.app.console.Style;
import dev.halcyon.app.console.Table;
import dev.halcyon.app.console.Table.Cell;
import dev.halcyon.app.console.Table.Column;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Sets outcomes as rows of a table, or as lines of JSON. */
final class OutcomePrinter {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int MOST_TAGS = 3;
  private static final int MOST_ALERTS = 2;

  private final Table table;
  private final int mostTags;

  /**
   * A printer.
   *
   * @param allTags whether a row shows every tag
   */
  OutcomePrinter(boolean colours, boolean allTags) {
    this.mostTags = allTags ? Integer.MAX_VALUE : MOST_TAGS;
    this.table =
        new Table(
            List.of(
                Column.left("picture", 24),
                Column.left("tags", 40),
                Column.right("ms", 6),
                Column.left("decision", 26)),
            colours);
  }

  static String json(ImageOutcome outcome) {
    try {
      return JSON.writeValueAsString(outcome);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  String heading() {
    return table.heading();
  }

  String row(ImageOutcome outcome) {
    return table.row(
        List.of(
            Cell.of(outcome.file()),
            tags(outcome),
            Cell.of(outcome.latencyMs()),
            verdict(outcome)));
  }

  private Cell tags(ImageOutcome outcome) {
    if (outcome.outcome().equals(ImageOutcome.REJECTED)) {
      return new Cell(outcome.reject().detail(), Style.DIM);
    }
    if (outcome.tags().isEmpty()) {
      return new Cell("no label fired", Style.DIM);
    }
    return Cell.of(
        outcome.tags().stream()
            .limit(mostTags)
            .map(tag -> tag.label() + " " + score(tag.score()))
            .collect(Collectors.joining(", ")));
  }

  private static Cell verdict(ImageOutcome outcome) {
    return switch (outcome.outcome()) {
      case ImageOutcome.REJECTED ->
          new Cell("rejected: " + outcome.reject().reason().toLowerCase(Locale.ROOT), Style.YELLOW);
      case ImageOutcome.ALERTED -> new Cell(alerts(outcome), alertStyle(outcome.alerts()));
      default -> new Cell("tagged", Style.GREEN);
    };
  }

  private static String alerts(ImageOutcome outcome) {
    List<String> parts = new ArrayList<>();
    for (AlertLine alert : outcome.alerts().stream().limit(MOST_ALERTS).toList()) {
      parts.add(alert.action() + " " + alert.label() + " " + score(alert.score()));
    }
    int more = outcome.alerts().size() - parts.size();
    String flags =
        outcome.flags().isEmpty()
            ? ""
            : " [" + String.join(" ", outcome.flags()).toLowerCase(Locale.ROOT) + "]";
    return String.join(", ", parts) + (more > 0 ? ", +" + more : "") + flags;
  }

  private static Style alertStyle(List<AlertLine> alerts) {
    return alerts.stream().anyMatch(alert -> alert.action().equals("block"))
        ? Style.RED
        : Style.YELLOW;
  }

  private static String score(double score) {
    return score >= 0.995 ? "1.0" : String.format(Locale.ROOT, "%.2f", score).substring(1);
  }
}
