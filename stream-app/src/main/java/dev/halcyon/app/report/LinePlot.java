package dev.halcyon.app.report;

import java.util.ArrayList;
import java.util.List;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.XYSeries.XYSeriesRenderStyle;
import org.knowm.xchart.style.markers.None;

/**
 * Lines through measured points, each with its spread.
 *
 * @param title what is shown
 * @param x the axis to the right
 * @param y the axis upwards
 * @param lines at least one; named below the plot where there are several
 */
public record LinePlot(String title, Axis x, Axis y, List<Line> lines) implements Plot {

  /**
   * A line.
   *
   * @param name as the legend gives it
   * @param points in the order they are joined, at least one
   */
  public record Line(String name, List<Point> points) {
    public Line {
      points = List.copyOf(points);
      if (points.isEmpty()) {
        throw new IllegalArgumentException(name + ": no point to draw a line through");
      }
    }
  }

  /**
   * A measured point.
   *
   * @param low lower end of its spread, {@code y} where none was measured
   * @param high upper end of its spread
   */
  public record Point(double x, double y, double low, double high) {
    public static Point of(double x, double y) {
      return new Point(x, y, y, y);
    }
  }

  public LinePlot {
    lines = List.copyOf(lines);
    if (lines.isEmpty()) {
      throw new IllegalArgumentException(title + ": no line to draw");
    }
  }

  @Override
  public byte[] png() {
    XYChart chart =
        new XYChartBuilder()
            .width(PlotStyle.WIDTH)
            .height(PlotStyle.HEIGHT)
            .title(title)
            .xAxisTitle(x.label())
            .yAxisTitle(y.label())
            .build();
    PlotStyle.apply(chart.getStyler(), lines.size() > 1);
    PlotStyle.apply(chart.getStyler(), x, y);
    for (int i = 0; i < lines.size(); i++) {
      draw(chart, i, lines.get(i));
    }
    return PlotStyle.png(chart);
  }

  private void draw(XYChart chart, int index, Line line) {
    List<Double> xs = new ArrayList<>();
    List<Double> ys = new ArrayList<>();
    for (Point point : line.points()) {
      xs.add(x.place(point.x()));
      ys.add(y.place(point.y()));
    }
    // The chart's own error bars reach as far up as down; spreads seldom do.
    for (int i = 0; i < xs.size(); i++) {
      Point point = line.points().get(i);
      if (point.low() < point.high()) {
        XYSeries bar =
            chart.addSeries(
                index + "/" + i,
                List.of(xs.get(i), xs.get(i)),
                List.of(y.place(point.low()), y.place(point.high())));
        bar.setShowInLegend(false);
        bar.setMarker(new None());
        bar.setLineColor(PlotStyle.translucent(PlotStyle.colour(index)));
        bar.setLineStyle(PlotStyle.line(4));
      }
    }
    XYSeries series = chart.addSeries(line.name(), xs, ys);
    series.setXYSeriesRenderStyle(XYSeriesRenderStyle.Line);
    series.setLineColor(PlotStyle.colour(index));
    series.setLineStyle(PlotStyle.line(2));
    series.setMarker(PlotStyle.marker(index));
    series.setMarkerColor(PlotStyle.colour(index));
  }
}
