package dev.halcyon.app.report;

import java.util.Arrays;
import java.util.List;
import org.knowm.xchart.AnnotationLine;
import org.knowm.xchart.AnnotationText;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.XYSeries.XYSeriesRenderStyle;
import org.knowm.xchart.style.markers.None;

/**
 * How values are distributed, one outline a sample over common bins; heights are shares of the
 * sample, so that a small one can be held against a large one.
 *
 * @param title what is shown
 * @param x the axis of the values; without a minimum and a maximum it fits them
 * @param samples at least one; named below the plot
 * @param marks values that matter, as a threshold
 */
public record HistogramPlot(String title, Axis x, List<Sample> samples, List<Mark> marks)
    implements Plot {
  private static final int BINS = 40;

  /**
   * A sample.
   *
   * @param name as the legend gives it
   * @param values not written to, at least one
   */
  public record Sample(String name, double[] values) {
    public Sample {
      if (values.length == 0) {
        throw new IllegalArgumentException(name + ": no value to draw");
      }
    }
  }

  /**
   * A value drawn as an upright line.
   *
   * @param label stands beside it
   */
  public record Mark(String label, double value) {}

  public HistogramPlot {
    samples = List.copyOf(samples);
    marks = List.copyOf(marks);
    if (samples.isEmpty()) {
      throw new IllegalArgumentException(title + ": no sample to draw");
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
            .yAxisTitle("share of each sample (%)")
            .build();
    PlotStyle.apply(chart.getStyler(), true);
    double low = x.min().isPresent() ? x.place(x.min().getAsDouble()) : least();
    double high = x.max().isPresent() ? x.place(x.max().getAsDouble()) : greatest();
    if (high <= low) {
      low -= 0.5;
      high = low + 1;
    }
    PlotStyle.apply(chart.getStyler(), x, Axis.of("").from(0));
    chart.getStyler().setXAxisMin(low);
    chart.getStyler().setXAxisMax(high);
    double top = 0;
    for (int i = 0; i < samples.size(); i++) {
      top = Math.max(top, draw(chart, i, low, (high - low) / BINS));
    }
    chart.getStyler().setYAxisMax(top * 1.12);
    chart.getStyler().setAnnotationLineColor(PlotStyle.INK);
    chart.getStyler().setAnnotationLineStroke(PlotStyle.line(1.5f));
    for (Mark mark : marks) {
      double at = x.place(mark.value());
      chart.addAnnotation(new AnnotationLine(at, true, false));
      // The text is centred on its place: step to the side that has room.
      double beside = (high - low) * (0.006 * mark.label().length() + 0.012);
      double centre = at + beside * 2 > high ? at - beside : at + beside;
      chart.addAnnotation(new AnnotationText(mark.label(), centre, top * 1.06, false));
    }
    return PlotStyle.png(chart);
  }

  /** Draws a sample, and gives its greatest share in percent. */
  private double draw(XYChart chart, int index, double low, double width) {
    Sample sample = samples.get(index);
    double[] shares = new double[BINS];
    for (double value : sample.values()) {
      int bin = (int) Math.floor((x.place(value) - low) / width);
      shares[Math.max(0, Math.min(BINS - 1, bin))] += 100.0 / sample.values().length;
    }
    // Each bin is a step of its own, so that an outline falls to the axis at both ends.
    double[] xs = new double[2 * BINS + 2];
    double[] ys = new double[2 * BINS + 2];
    for (int bin = 0; bin < BINS; bin++) {
      xs[2 * bin + 1] = low + bin * width;
      xs[2 * bin + 2] = low + (bin + 1) * width;
      ys[2 * bin + 1] = shares[bin];
      ys[2 * bin + 2] = shares[bin];
    }
    xs[0] = low;
    xs[2 * BINS + 1] = low + BINS * width;
    XYSeries series =
        chart.addSeries(sample.name() + " (n = " + sample.values().length + ")", xs, ys);
    series.setXYSeriesRenderStyle(XYSeriesRenderStyle.Area);
    series.setLineColor(PlotStyle.colour(index));
    series.setFillColor(PlotStyle.translucent(PlotStyle.colour(index)));
    series.setLineStyle(PlotStyle.line(1.5f));
    series.setMarker(new None());
    return Arrays.stream(shares).max().orElse(0);
  }

  private double least() {
    return samples.stream()
        .flatMapToDouble(sample -> Arrays.stream(sample.values()))
        .map(x::place)
        .min()
        .getAsDouble();
  }

  private double greatest() {
    return samples.stream()
        .flatMapToDouble(sample -> Arrays.stream(sample.values()))
        .map(x::place)
        .max()
        .getAsDouble();
  }
}
