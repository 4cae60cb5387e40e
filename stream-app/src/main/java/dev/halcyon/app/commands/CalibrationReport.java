package dev.halcyon.app.commands;

import dev.halcyon.app.calibration.CalibratedSet;
import dev.halcyon.app.calibration.CalibratedSet.Outcome;
import dev.halcyon.app.calibration.Target;
import dev.halcyon.app.calibration.ThresholdFit;
import dev.halcyon.app.report.Axis;
import dev.halcyon.app.report.HistogramPlot;
import dev.halcyon.app.report.HtmlReport;
import dev.halcyon.app.report.Pictures;
import dev.halcyon.app.statistics.Interval;
import dev.halcyon.clip.ModelIdentity;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** A calibration as people look at it: rows, histograms, a page. */
final class CalibrationReport {
  private final CalibratedSet calibrated;
  private final ModelIdentity model;
  private final Target target;

  CalibrationReport(CalibratedSet calibrated, ModelIdentity model, Target target) {
    this.calibrated = calibrated;
    this.model = model;
    this.target = target;
  }

  /** One row a label, for people. */
  List<Map<String, Object>> rows() {
    return calibrated.labels().stream().map(CalibrationReport::row).toList();
  }

  /** One object a label, for machines. */
  List<Map<String, Object>> facts() {
    return calibrated.labels().stream().map(CalibrationReport::facts).toList();
  }

  private static Map<String, Object> row(Outcome label) {
    Map<String, Object> row = new LinkedHashMap<>();
    ThresholdFit now = now(label);
    double before = label.before().threshold().value();
    row.put("label", label.before().id());
    row.put(
        "threshold", label.fit().isPresent() ? before + " → " + now.value() : before + " stays");
    row.put("spread", label.fit().map(fit -> range(fit.spread())).orElse("-"));
    row.put("fpr", percent(now.falsePositiveRate(), now.background()));
    row.put("interval", now.background() == 0 ? "-" : percents(now.falsePositiveInterval()));
    row.put("negatives", now.background());
    row.put("recall", now.recall().map(rate -> percent(rate, now.positives())).orElse("-"));
    row.put("positives", now.positives());
    return row;
  }

  private static Map<String, Object> facts(Outcome label) {
    Map<String, Object> facts = new LinkedHashMap<>();
    ThresholdFit now = now(label);
    facts.put("label", label.before().id());
    facts.put("measured", label.fit().isPresent());
    facts.put("before", label.before().threshold().value());
    facts.put("threshold", now.value());
    facts.put("thresholdLow", now.spread().low());
    facts.put("thresholdHigh", now.spread().high());
    facts.put("background", now.background());
    facts.put("falsePositives", now.falsePositives());
    if (now.background() > 0) {
      facts.put("falsePositiveRateLow", now.falsePositiveInterval().low());
      facts.put("falsePositiveRateHigh", now.falsePositiveInterval().high());
    }
    facts.put("positives", now.positives());
    facts.put("truePositives", now.truePositives());
    now.recallInterval()
        .ifPresent(
            recall -> {
              facts.put("recallLow", recall.low());
              facts.put("recallHigh", recall.high());
            });
    label.problem().ifPresent(problem -> facts.put("problem", problem));
    label.note().ifPresent(note -> facts.put("note", note));
    return facts;
  }

  /** The threshold that holds from now on: the new one, or the old one where none was found. */
  private static ThresholdFit now(Outcome label) {
    return label
        .fit()
        .orElseGet(
            () ->
                ThresholdFit.at(
                    label.before().threshold().value(),
                    label.sample().background(),
                    label.sample().positives()));
  }

  /** Writes a histogram a label into a folder. */
  void writePlots(Path folder) {
    try {
      Files.createDirectories(folder);
      for (Outcome label : calibrated.labels()) {
        Optional<byte[]> png = histogram(label);
        if (png.isPresent()) {
          Files.write(folder.resolve(label.before().id() + ".png"), png.get());
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Writes the page. */
  void write(Path file) {
    List<Map<String, Object>> sections = new ArrayList<>();
    for (Outcome label : calibrated.labels()) {
      ThresholdFit now = now(label);
      Map<String, Object> section = new LinkedHashMap<>();
      section.put("id", label.before().id());
      section.put("before", label.before().threshold().value());
      section.put("threshold", now.value());
      section.put("measured", label.fit().isPresent());
      section.put("spread", label.fit().map(fit -> range(fit.spread())).orElse("-"));
      section.put("falsePositives", percent(now.falsePositiveRate(), now.background()));
      section.put("interval", now.background() == 0 ? "-" : percents(now.falsePositiveInterval()));
      section.put("background", now.background());
      section.put("recall", now.recall().map(rate -> percent(rate, now.positives())).orElse("-"));
      section.put(
          "recallInterval", now.recallInterval().map(CalibrationReport::percents).orElse("-"));
      section.put("positives", now.positives());
      section.put("problem", label.problem());
      section.put("note", label.note());
      section.put("plot", histogram(label).map(png -> Pictures.dataUri(png, "image/png")));
      sections.add(section);
    }
    Map<String, Object> page = new LinkedHashMap<>();
    page.put("title", "Calibration of " + calibrated.set().name());
    page.put("subtitle", "Thresholds for " + wanted() + ", measured on " + model.id() + ".");
    page.put("labels", sections);
    page.put("modelHash", model.hash().substring(0, 12));
    page.put("preprocessingId", model.preprocessingId());
    page.put("madeBy", "halcyon labels calibrate");
    HtmlReport.write(file, "calibration", page);
  }

  private String wanted() {
    return target instanceof Target.FalsePositiveRate rate
        ? "a false-positive rate of " + plain(rate.rate())
        : "a precision of " + plain(((Target.Precision) target).share());
  }

  private static Optional<byte[]> histogram(Outcome label) {
    List<HistogramPlot.Sample> samples = new ArrayList<>();
    if (label.sample().background().length > 0) {
      samples.add(new HistogramPlot.Sample("background", label.sample().background()));
    }
    if (label.sample().positives().length > 0) {
      samples.add(new HistogramPlot.Sample("positive", label.sample().positives()));
    }
    if (samples.isEmpty()) {
      return Optional.empty();
    }
    double threshold = now(label).value();
    return Optional.of(
        new HistogramPlot(
                label.before().id(),
                Axis.of("score").on(Axis.Scale.LOG_ODDS),
                samples,
                List.of(new HistogramPlot.Mark("threshold " + threshold, threshold)))
            .png());
  }

  private static String range(Interval interval) {
    return number(interval.low()) + ".." + number(interval.high());
  }

  private static String percents(Interval interval) {
    return percent(interval.low()).replace("%", "") + ".." + percent(interval.high());
  }

  private static String percent(double share, long of) {
    return of == 0 ? "-" : percent(share);
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, share < 0.1 ? "%.2f%%" : "%.1f%%", share * 100);
  }

  /** A share as it was asked for, without digits nobody wrote. */
  private static String plain(double share) {
    return BigDecimal.valueOf(share).movePointRight(2).stripTrailingZeros().toPlainString() + "%";
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, value < 0.01 || value > 0.99 ? "%.4f" : "%.3f", value);
  }
}
