package dev.halcyon.app.commands;

import dev.halcyon.app.calibration.ShotCurve;
import dev.halcyon.app.report.Axis;
import dev.halcyon.app.report.LinePlot;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A label learned from few examples against its prompts, as people look at it. */
final class ShotCurveReport {
  private final String label;
  private final String prompts;
  private final ShotCurve curve;
  private final int seeds;

  ShotCurveReport(String label, String prompts, ShotCurve curve, int seeds) {
    this.label = label;
    this.prompts = prompts;
    this.curve = curve;
    this.seeds = seeds;
  }

  /** One row a number of examples, the prompts first. */
  List<Map<String, Object>> rows() {
    List<Map<String, Object>> rows = new ArrayList<>();
    rows.add(row("prompts", curve.prompts()));
    curve.learned().forEach(point -> rows.add(row(point.shots() + "-shot", point)));
    return rows;
  }

  /** What the rows measure. */
  String legend() {
    return "area: share of pairs in which a positive scores above a negative, %; median, least and"
        + System.lineSeparator()
        + "greatest of "
        + seeds
        + " draws, judged on the half kept apart. Prompts: "
        + prompts;
  }

  private static Map<String, Object> row(String from, ShotCurve.Point point) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("from", from);
    row.put("area", percent(point.median()));
    row.put("least", percent(point.low()));
    row.put("greatest", percent(point.high()));
    return row;
  }

  /** The same as a plot, PNG. */
  byte[] png() {
    List<LinePlot.Point> learned =
        curve.learned().stream()
            .map(
                point ->
                    new LinePlot.Point(
                        point.shots(),
                        percent(point.median()),
                        percent(point.low()),
                        percent(point.high())))
            .toList();
    double last = learned.get(learned.size() - 1).x();
    ShotCurve.Point zero = curve.prompts();
    List<LinePlot.Point> prompted = new ArrayList<>();
    prompted.add(
        new LinePlot.Point(1, percent(zero.median()), percent(zero.low()), percent(zero.high())));
    if (last > 1) {
      prompted.add(LinePlot.Point.of(last, percent(zero.median())));
    }
    return new LinePlot(
            "\"" + label + "\" learned from examples",
            Axis.of("examples on each side").on(Axis.Scale.DOUBLING),
            Axis.of("area under the ROC curve (%)"),
            List.of(new LinePlot.Line("learned", learned), new LinePlot.Line("prompts", prompted)))
        .png();
  }

  private static double percent(double share) {
    return Math.rint(share * 1000) / 10;
  }
}
