package dev.halcyon.app.commands;

import dev.halcyon.app.console.Style;
import dev.halcyon.app.console.Table;
import dev.halcyon.app.console.Terminal;
import dev.halcyon.app.history.Change;
import dev.halcyon.app.history.LabelCount;
import dev.halcyon.app.history.Redecision;
import java.io.PrintWriter;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What a redecision came to, in a terminal or as a last line of JSON. */
final class RedecisionText {
  private static final int WIDEST = 40;

  private final PrintWriter out;
  private final boolean json;

  RedecisionText(PrintWriter out, boolean json) {
    this.out = out;
    this.json = json;
  }

  void print(
      String labelSet,
      Instant since,
      Redecision.Result result,
      List<String> remarks,
      boolean written,
      boolean wanted) {
    if (json) {
      out.println(Rows.json(summary(labelSet, result, remarks, written)));
    } else {
      printTables(labelSet, since, result, remarks, written, wanted);
    }
    out.flush();
  }

  private void printTables(
      String labelSet,
      Instant since,
      Redecision.Result result,
      List<String> remarks,
      boolean written,
      boolean wanted) {
    boolean colours = Terminal.wantsColours();
    out.println(
        String.format(
            Locale.ROOT,
            "%,d images since %s, decided again by %s",
            result.reading().images(),
            since.truncatedTo(ChronoUnit.SECONDS),
            labelSet));
    remarks.forEach(remark -> out.println(Style.YELLOW.paint("! " + remark, colours)));
    out.println();
    List<List<String>> rows = new ArrayList<>();
    for (Change change : Change.values()) {
      if (change != Change.UNCHANGED) {
        rows.add(List.of(change.words(), Long.toString(result.count(change))));
      }
    }
    rows.add(List.of("right already", Long.toString(result.right())));
    addIfAny(rows, "decided by another label set", result.ofAnotherSet());
    addIfAny(rows, "uploaded again since", result.ofAnotherUpload());
    addIfAny(rows, "without a decision in the time", result.withoutDecision());
    out.print(Table.of(List.of("images", "count"), rows, WIDEST, colours));
    if (!result.labels().isEmpty()) {
      out.println();
      List<List<String>> labels = new ArrayList<>();
      for (Map.Entry<String, LabelCount> entry : new TreeMap<>(result.labels()).entrySet()) {
        labels.add(
            List.of(
                entry.getKey(),
                Long.toString(entry.getValue().after()),
                Long.toString(entry.getValue().before())));
      }
      out.print(Table.of(List.of("label", "raised", "released"), labels, WIDEST, colours));
    }
    out.println();
    String events =
        result.tagEvents()
            + " corrective tag events, "
            + result.alertEvents()
            + " alerts, "
            + result.releases()
            + " releases";
    if (written) {
      out.println("Written: " + events);
    } else if (result.count() == 0) {
      out.println("Nothing to put right.");
    } else {
      out.println(
          (wanted ? "Not written: " : "Would write: ")
              + events
              + (wanted ? "" : "; add --emit --reason TEXT to write them"));
    }
  }

  private static void addIfAny(List<List<String>> rows, String what, long count) {
    if (count > 0) {
      rows.add(List.of(what, Long.toString(count)));
    }
  }

  private static Map<String, Object> summary(
      String labelSet, Redecision.Result result, List<String> remarks, boolean written) {
    Map<String, Object> summary = new LinkedHashMap<>();
    summary.put("type", "summary");
    summary.put("labelSet", labelSet);
    summary.put("images", result.reading().images());
    summary.put("changed", result.count());
    summary.put("right", result.right());
    summary.put("ofAnotherSet", result.ofAnotherSet());
    summary.put("ofAnotherUpload", result.ofAnotherUpload());
    summary.put("withoutDecision", result.withoutDecision());
    summary.put("tagEvents", result.tagEvents());
    summary.put("alertEvents", result.alertEvents());
    summary.put("releases", result.releases());
    summary.put("otherModels", result.reading().ofOtherModels());
    summary.put("written", written);
    summary.put("remarks", remarks);
    return summary;
  }
}
