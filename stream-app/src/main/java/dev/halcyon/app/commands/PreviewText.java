package dev.halcyon.app.commands;

import dev.halcyon.app.console.Style;
import dev.halcyon.app.console.Table;
import dev.halcyon.app.console.Terminal;
import dev.halcyon.app.history.Change;
import dev.halcyon.app.history.Comparison;
import dev.halcyon.app.history.LabelCount;
import dev.halcyon.app.history.Move;
import dev.halcyon.app.history.Preview;
import dev.halcyon.app.history.PreviewPage;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;

/** A preview in a terminal, or as JSON: a summary, then labels, then images. */
final class PreviewText {
  private static final int MOST_ROWS = 40;
  private static final int WIDEST = 26;

  private final PrintWriter out;
  private final boolean json;
  private final int mostImages;

  PreviewText(PrintWriter out, boolean json, int mostImages) {
    this.out = out;
    this.json = json;
    this.mostImages = mostImages;
  }

  void print(PreviewPage.Heading heading, Preview.Result result) {
    if (json) {
      printJson(heading, result);
    } else {
      printTables(heading, result);
    }
    out.flush();
  }

  private void printTables(PreviewPage.Heading heading, Preview.Result result) {
    Comparison comparison = result.comparison();
    boolean colours = Terminal.wantsColours();
    out.println(
        String.format(
            Locale.ROOT,
            "%,d images %s under %s and under %s",
            comparison.count(),
            heading.period(),
            heading.before(),
            heading.after()));
    heading.remarks().forEach(remark -> out.println(Style.YELLOW.paint("! " + remark, colours)));
    out.println();
    List<List<String>> changes = new ArrayList<>();
    for (Change change : Change.values()) {
      changes.add(
          List.of(
              change.words(),
              String.format(Locale.ROOT, "%d", comparison.count(change)),
              PreviewPage.rate(comparison.count(change), comparison.count())));
    }
    out.print(Table.of(List.of("images", "count", "rate (95%)"), changes, WIDEST, colours));
    printLabels(comparison, colours);
    printMoves(comparison, colours);
  }

  private void printLabels(Comparison comparison, boolean colours) {
    Map<String, LabelCount> labels = comparison.labels();
    List<List<String>> rows = new ArrayList<>();
    for (Map.Entry<String, LabelCount> entry : labels.entrySet()) {
      if (rows.size() == MOST_ROWS) {
        break;
      }
      LabelCount count = entry.getValue();
      rows.add(
          List.of(
              entry.getKey(),
              Long.toString(count.before()),
              PreviewPage.rate(count.before(), comparison.count()),
              Long.toString(count.after()),
              PreviewPage.rate(count.after(), comparison.count()),
              count.gained() == 0 ? "-" : "+" + count.gained(),
              count.lost() == 0 ? "-" : "-" + count.lost()));
    }
    if (!rows.isEmpty()) {
      out.println();
      out.print(
          Table.of(
              List.of("label", "before", "rate (95%)", "after", "rate (95%)", "gained", "lost"),
              rows,
              WIDEST,
              colours));
      if (labels.size() > rows.size()) {
        out.println("and " + (labels.size() - rows.size()) + " labels that change less");
      }
    }
  }

  private void printMoves(Comparison comparison, boolean colours) {
    List<List<String>> rows = new ArrayList<>();
    for (Change change : Change.values()) {
      for (Move move : comparison.moves(change)) {
        if (change != Change.UNCHANGED && rows.size() < mostImages) {
          rows.add(
              List.of(
                  move.imageId(),
                  move.label(),
                  move.before().action() + " → " + move.after().action(),
                  score(move.before().score()) + " → " + score(move.after().score()),
                  score(move.before().threshold()) + " → " + score(move.after().threshold())));
        }
      }
    }
    if (!rows.isEmpty()) {
      out.println();
      out.print(
          Table.of(
              List.of("most moved image", "label", "action", "score", "threshold"),
              rows,
              WIDEST,
              colours));
    }
  }

  private void printJson(PreviewPage.Heading heading, Preview.Result result) {
    Comparison comparison = result.comparison();
    Map<String, Object> summary = new LinkedHashMap<>();
    summary.put("type", "summary");
    summary.put("before", heading.before());
    summary.put("after", heading.after());
    summary.put("images", comparison.count());
    for (Change change : Change.values()) {
      summary.put(camel(change), comparison.count(change));
    }
    summary.put("olderEvidence", result.reading().repeatedEvidence());
    summary.put("otherModels", result.reading().ofOtherModels());
    summary.put("unreadable", result.reading().unreadable());
    summary.put("remarks", heading.remarks());
    out.println(Rows.json(summary));
    comparison
        .labels()
        .forEach(
            (label, count) -> {
              Map<String, Object> row = new LinkedHashMap<>();
              row.put("type", "label");
              row.put("label", label);
              row.put("before", count.before());
              row.put("after", count.after());
              row.put("gained", count.gained());
              row.put("lost", count.lost());
              out.println(Rows.json(row));
            });
    for (Change change : Change.values()) {
      comparison.moves(change).forEach(move -> out.println(Rows.json(row(move))));
    }
  }

  private static Map<String, Object> row(Move move) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("type", "image");
    row.put("imageId", move.imageId());
    row.put("surface", move.surface().orElse(null));
    row.put("change", camel(move.change()));
    row.put("label", move.label());
    row.put("severity", move.severity());
    row.put("actionBefore", move.before().action());
    row.put("actionAfter", move.after().action());
    row.put("scoreBefore", boxed(move.before().score()));
    row.put("scoreAfter", boxed(move.after().score()));
    row.put("thresholdBefore", boxed(move.before().threshold()));
    row.put("thresholdAfter", boxed(move.after().threshold()));
    return row;
  }

  private static String camel(Change change) {
    String[] words = change.words().split(" ");
    return words.length == 1
        ? words[0]
        : words[0] + words[1].substring(0, 1).toUpperCase(Locale.ROOT) + words[1].substring(1);
  }

  private static String score(OptionalDouble score) {
    return score.isPresent() ? String.format(Locale.ROOT, "%.3f", score.getAsDouble()) : "-";
  }

  private static Double boxed(OptionalDouble value) {
    return value.isPresent() ? value.getAsDouble() : null;
  }
}
