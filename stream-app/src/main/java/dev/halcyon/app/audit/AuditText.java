package dev.halcyon.app.audit;

import dev.halcyon.app.audit.PictureReport.LabelRates;
import dev.halcyon.app.audit.PictureReport.Recognition;
import dev.halcyon.app.console.Style;
import dev.halcyon.app.console.Table;
import dev.halcyon.app.statistics.Interval;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** An audit as text that fits a terminal of 100 columns. Pure. */
public final class AuditText {
  private static final int WIDTH = 100;
  private static final int WIDEST = 24;

  private final boolean colours;

  public AuditText(boolean colours) {
    this.colours = colours;
  }

  /** The whole report. */
  public String render(AuditReport report) {
    StringBuilder text = new StringBuilder();
    text.append(
        wrap(
            "What the words of "
                + report.labelSet()
                + " show in "
                + report.model()
                + ": each label on the axis where it leans the most, beside everyday sentences"
                + " about people. A lint of the words, no evidence about pictures.",
            ""));
    text.append('\n').append(words(report)).append('\n');
    report.pictures().ifPresent(pictures -> text.append(pictures(pictures)).append('\n'));
    text.append(findings(report.findings()));
    return text.toString();
  }

  private String words(AuditReport report) {
    List<List<String>> rows = new ArrayList<>();
    LabelMeasure.worst(report.measures())
        .forEach(
            measure ->
                rows.add(
                    List.of(
                        measure.label(),
                        measure.axis(),
                        measure.towards(),
                        number("%.3f", measure.skew()),
                        number("%.1f", measure.relativeSkew()),
                        number("%.2f", measure.leakage()),
                        number("%.2f", measure.effect()),
                        measure.shownP())));
    return Table.of(
        List.of("label", "axis", "leans to", "skew", "x usual", "leakage", "WEAT d", "p"),
        rows,
        WIDEST,
        colours);
  }

  /** What canary pictures showed. */
  public String pictures(PictureReport report) {
    return (report.recognition().isEmpty() ? "" : recognition(report)) + rates(report);
  }

  private String recognition(PictureReport report) {
    StringBuilder text = new StringBuilder();
    text.append(
        wrap(
            "What "
                + report.pictures()
                + " canary pictures ("
                + report.canarySet()
                + ") showed. First whether the model tells the groups apart at all: one that cannot"
                + " treats them alike whatever else it does.",
            ""));
    text.append('\n');
    List<List<String>> recognized = new ArrayList<>();
    for (Recognition axis : report.recognition()) {
      recognized.add(
          List.of(
              axis.axis(),
              String.valueOf(axis.groups()),
              String.valueOf(axis.images()),
              percent(axis.right().estimate()),
              percent(axis.right().low()) + " to " + percent(axis.right().high()),
              percent(axis.chance()),
              axis.maybeBlind() ? "may be blind here" : "tells them apart better than chance"));
    }
    text.append(
        Table.of(
            List.of("axis", "groups", "pictures", "right", "95%", "chance", ""),
            recognized,
            WIDTH,
            colours));
    return text.append('\n').toString();
  }

  /** Labels that name limits, and those whose interval leaves out 0; the others are counted. */
  private String rates(PictureReport report) {
    List<List<String>> rows = new ArrayList<>();
    int others = 0;
    for (LabelRates label : report.rates()) {
      GroupRates rates = label.rates();
      if (!label.isRemarkable()) {
        others++;
        continue;
      }
      rows.add(
          List.of(
              label.label(),
              rates.axis(),
              rates.show(rates.most()),
              rates.show(rates.least()),
              points(rates.parityDifference()),
              number("%.2f", rates.ratio().estimate())
                  + " ("
                  + number("%.2f", rates.ratio().low())
                  + "+)"));
    }
    String rest =
        wrap(
            others
                + " other rates by label and axis agree within chance, or too few pictures tell"
                + " otherwise; --json has them all.",
            "");
    return rows.isEmpty()
        ? rest
        : Table.of(
                List.of("label", "axis", "most", "least", "DPD, points", "ratio"),
                rows,
                18,
                colours)
            + rest;
  }

  /** The findings, gravest first. */
  public String findings(List<Finding> findings) {
    if (findings.isEmpty()) {
      return "Nothing to remark upon.\n";
    }
    StringBuilder text = new StringBuilder();
    findings.stream()
        .sorted(Comparator.comparing(Finding::level).reversed())
        .forEach(finding -> text.append(line(finding)));
    return text.toString();
  }

  private String line(Finding finding) {
    Style style =
        switch (finding.level()) {
          case BEYOND -> Style.RED;
          case WARNING -> Style.YELLOW;
          case NOTE -> Style.DIM;
        };
    String head = finding.level().id().toUpperCase(Locale.ROOT);
    return style.paint(head, colours)
        + wrap(
                " ".repeat(head.length())
                    + " "
                    + finding.label()
                    + ", "
                    + finding.kind().id()
                    + ": "
                    + finding.sentence()
                    + ". To do: "
                    + finding.remedy()
                    + ".",
                "  ")
            .substring(head.length());
  }

  private static String wrap(String text, String indent) {
    StringBuilder wrapped = new StringBuilder();
    int column = 0;
    boolean first = true;
    for (String word : text.split("(?<=\\S) ")) {
      if (!first && column + 1 + word.length() > WIDTH) {
        wrapped.append('\n').append(indent);
        column = indent.length();
      } else if (!first) {
        wrapped.append(' ');
        column++;
      }
      wrapped.append(word);
      column += word.length();
      first = false;
    }
    return wrapped.append('\n').toString();
  }

  private static String points(Interval interval) {
    return String.format(
        Locale.ROOT,
        "%.1f (%.1f, %.1f)",
        100 * interval.estimate(),
        100 * interval.low(),
        100 * interval.high());
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f%%", 100 * share);
  }

  private static String number(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }
}
