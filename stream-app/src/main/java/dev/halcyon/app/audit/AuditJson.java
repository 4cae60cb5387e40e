package dev.halcyon.app.audit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.halcyon.app.statistics.Interval;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** An audit as JSON, one object a line: the audit, its measures, rates and findings. Pure. */
public final class AuditJson {
  private static final ObjectMapper JSON = new ObjectMapper();

  private AuditJson() {}

  /** The lines. */
  public static List<String> lines(AuditReport report) {
    var lines = new ArrayList<String>();
    Map<String, Object> head = row("audit");
    head.put("labelSet", report.labelSet());
    head.put("contentHash", report.contentHash());
    head.put("model", report.model());
    head.put("modelHash", report.modelHash());
    head.put("day", report.day().toString());
    head.put("labels", report.judged());
    head.put("beyond", report.beyond().size());
    lines.add(json(head));
    for (AuditReport.Baseline baseline : report.baselines()) {
      Map<String, Object> row = row("everyday");
      row.put("axis", baseline.axis());
      row.put("groups", baseline.groups());
      row.put("medianSkew", baseline.medianSkew());
      row.put("medianLeakage", baseline.medianLeakage());
      lines.add(json(row));
    }
    for (LabelMeasure measure : report.measures()) {
      Map<String, Object> row = row("words");
      row.put("label", measure.label());
      row.put("axis", measure.axis());
      row.put("towards", measure.towards());
      row.put("away", measure.away());
      row.put("skew", measure.skew());
      row.put("relativeSkew", measure.relativeSkew());
      row.put("leakage", measure.leakage());
      row.put("weatEffect", measure.effect());
      row.put("weatGroup", measure.effectGroup());
      row.put("weatP", measure.p());
      lines.add(json(row));
    }
    report.pictures().ifPresent(pictures -> pictures(pictures, lines));
    report.findings().forEach(finding -> lines.add(finding(finding)));
    return lines;
  }

  /** One finding as a line. */
  public static String finding(Finding finding) {
    Map<String, Object> row = row("finding");
    row.put("label", finding.label());
    row.put("kind", finding.kind().id());
    row.put("level", finding.level().id());
    row.put("sentence", finding.sentence());
    row.put("remedy", finding.remedy());
    return json(row);
  }

  private static void pictures(PictureReport pictures, List<String> lines) {
    for (PictureReport.Recognition axis : pictures.recognition()) {
      Map<String, Object> row = row("recognition");
      row.put("canarySet", pictures.canarySet());
      row.put("axis", axis.axis());
      row.put("groups", axis.groups());
      row.put("pictures", axis.images());
      row.put("right", interval(axis.right()));
      row.put("chance", axis.chance());
      lines.add(json(row));
    }
    for (PictureReport.LabelRates label : pictures.rates()) {
      GroupRates rates = label.rates();
      Map<String, Object> row = row("rates");
      row.put("canarySet", pictures.canarySet());
      row.put("label", label.label());
      row.put("axis", rates.axis());
      row.put("most", rates.most());
      row.put("least", rates.least());
      row.put("parityDifference", interval(rates.parityDifference()));
      row.put("oddsDifference", rates.oddsDifference().map(AuditJson::interval).orElse(null));
      row.put("ratio", interval(rates.ratio()));
      row.put("groups", rates.groups());
      lines.add(json(row));
    }
  }

  private static List<Double> interval(Interval interval) {
    var bounds = new ArrayList<Double>();
    bounds.add(interval.estimate());
    bounds.add(interval.low());
    bounds.add(Double.isInfinite(interval.high()) ? null : interval.high());
    return bounds;
  }

  private static Map<String, Object> row(String record) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("record", record);
    return row;
  }

  private static String json(Map<String, Object> row) {
    try {
      return JSON.writeValueAsString(row);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }
}
