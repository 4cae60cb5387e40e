package dev.halcyon.app.audit;

import dev.halcyon.app.audit.Finding.Level;
import dev.halcyon.app.audit.PictureReport.LabelRates;
import dev.halcyon.app.audit.PictureReport.Recognition;
import dev.halcyon.app.report.HtmlReport;
import dev.halcyon.app.report.Pictures;
import dev.halcyon.app.statistics.Interval;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** An audit as a page that is one file. */
public final class AuditPage {
  private static final int SHOTS_PER_GROUP = 2;

  private AuditPage() {}

  /**
   * Writes the page.
   *
   * @param folder where the canary pictures lie, if they were looked at
   * @throws dev.halcyon.app.report.ReportException if the file cannot be written
   */
  public static void write(Path file, AuditReport report, Optional<Path> folder) {
    Map<String, Object> model = new LinkedHashMap<>();
    long warnings =
        report.findings().stream().filter(found -> found.level() == Level.WARNING).count();
    model.put("title", "Audit of " + report.labelSet());
    model.put(
        "subtitle",
        "What the words of "
            + report.labelSet()
            + " ("
            + report.contentHash().substring(0, 12)
            + ") and its decisions showed in "
            + report.model()
            + " ("
            + report.modelHash().substring(0, Math.min(12, report.modelHash().length()))
            + ") on "
            + report.day());
    model.put("madeBy", "Made by halcyon labels audit.");
    model.put("beyond", report.beyond().size());
    model.put("beyondClass", report.beyond().isEmpty() ? "good" : "bad");
    model.put("warnings", warnings);
    model.put("warningClass", warnings == 0 ? "good" : "warn");
    model.put("judged", report.judged());
    model.put("findings", findings(report.findings()));
    model.put("words", words(report.measures()));
    model.put(
        "pictures",
        report
            .pictures()
            .map(pictures -> List.of(pictures(pictures, folder.orElseThrow())))
            .orElse(List.of()));
    HtmlReport.write(file, "audit", model);
  }

  private static List<Map<String, Object>> findings(List<Finding> findings) {
    return findings.stream()
        .sorted(Comparator.comparing(Finding::level).reversed())
        .map(
            found ->
                Map.<String, Object>of(
                    "label", found.label(),
                    "level", found.level().id(),
                    "kind", found.kind().id(),
                    "sentence", found.sentence(),
                    "remedy", found.remedy(),
                    "class", css(found.level())))
        .toList();
  }

  private static String css(Level level) {
    return switch (level) {
      case BEYOND -> "bad";
      case WARNING -> "warn";
      case NOTE -> "quiet";
    };
  }

  private static List<Map<String, Object>> words(List<LabelMeasure> measures) {
    List<LabelMeasure> worst = LabelMeasure.worst(measures);
    double most = worst.stream().mapToDouble(LabelMeasure::relativeSkew).max().orElse(1);
    return worst.stream()
        .map(
            on ->
                Map.<String, Object>of(
                    "label", on.label(),
                    "axis", on.axis(),
                    "towards", on.towards(),
                    "skew", number("%.3f", on.skew()),
                    "relative", number("%.1f", on.relativeSkew()),
                    "percent", number("%.1f", 100 * on.relativeSkew() / most),
                    "leakage", number("%.2f", on.leakage()),
                    "effect", number("%.2f", on.effect()),
                    "p", on.shownP()))
        .toList();
  }

  private static Map<String, Object> pictures(PictureReport report, Path folder) {
    Map<String, Object> model = new LinkedHashMap<>();
    model.put("count", report.pictures());
    model.put("recognition", report.recognition().stream().map(AuditPage::recognition).toList());
    List<LabelRates> shown = report.rates().stream().filter(LabelRates::isRemarkable).toList();
    model.put("others", report.rates().size() - shown.size());
    model.put("rates", shown.stream().map(AuditPage::rates).toList());
    model.put("shots", shots(folder));
    return model;
  }

  private static Map<String, Object> recognition(Recognition axis) {
    return Map.of(
        "axis", axis.axis(),
        "groups", axis.groups(),
        "images", axis.images(),
        "right", number("%.1f", 100 * axis.right().estimate()),
        "low", number("%.1f", 100 * axis.right().low()),
        "high", number("%.1f", 100 * axis.right().high()),
        "chance", number("%.1f", 100 * axis.chance()),
        "verdict", axis.maybeBlind() ? "may be blind here" : "better than chance",
        "class", axis.maybeBlind() ? "warn" : "quiet");
  }

  private static Map<String, Object> rates(LabelRates label) {
    GroupRates rates = label.rates();
    return Map.of(
        "label", label.label(),
        "axis", rates.axis(),
        "most", rates.show(rates.most()),
        "least", rates.show(rates.least()),
        "difference", points(rates.parityDifference()),
        "odds", rates.oddsDifference().map(AuditPage::points).orElse("-"),
        "ratio",
            number("%.2f", rates.ratio().estimate())
                + " (at least "
                + number("%.2f", rates.ratio().low())
                + ")");
  }

  /** A few pictures of each combination of groups, as the manifest orders them. */
  private static List<Map<String, Object>> shots(Path folder) {
    Map<Map<String, String>, Integer> taken = new LinkedHashMap<>();
    var shots = new ArrayList<Map<String, Object>>();
    for (CanarySet.Picture picture : CanarySet.readManifest(folder).pictures()) {
      if (taken.merge(picture.groups(), 1, Integer::sum) <= SHOTS_PER_GROUP) {
        String groups =
            String.join(
                ", ",
                picture.groups().entrySet().stream()
                    .map(group -> group.getKey() + ": " + group.getValue())
                    .toList());
        try {
          byte[] bytes = Files.readAllBytes(folder.resolve(picture.file()));
          shots.add(
              Map.of(
                  "picture", Pictures.dataUri(bytes, "image/png"),
                  "alt", picture.file(),
                  "caption", groups));
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    }
    return shots;
  }

  private static String points(Interval interval) {
    return String.format(
        Locale.ROOT,
        "%.1f (%.1f to %.1f)",
        100 * interval.estimate(),
        100 * interval.low(),
        100 * interval.high());
  }

  private static String number(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }
}
