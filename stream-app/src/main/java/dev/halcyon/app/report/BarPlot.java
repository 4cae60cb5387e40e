package dev.halcyon.app.report;

import java.util.List;
import java.util.stream.DoubleStream;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.CategorySeries;

/**
 * Bars in groups: what was measured, side by side.
 *
 * @param title what is shown
 * @param x what the groups are
 * @param y the axis upwards; begins at 0, as lengths of bars are compared
 * @param groups names of the groups, left to right, at least one
 * @param bars one a member of each group; named below the plot where there are several
 */
public record BarPlot(String title, String x, Axis y, List<String> groups, List<Bars> bars)
    implements Plot {

  /**
   * The bars of one member, one in each group.
   *
   * @param name as the legend gives it
   * @param values by group
   * @param spreads by group, how far a value reaches up and down; 0 where none was measured
   */
  public record Bars(String name, List<Double> values, List<Double> spreads) {
    public Bars {
      values = List.copyOf(values);
      spreads = List.copyOf(spreads);
      if (values.size() != spreads.size()) {
        throw new IllegalArgumentException(
            name + ": " + values.size() + " values, but " + spreads.size() + " spreads");
      }
    }

    /** Bars whose spread was not measured. */
    public static Bars of(String name, List<Double> values) {
      return new Bars(name, values, values.stream().map(value -> 0.0).toList());
    }
  }

  public BarPlot {
    groups = List.copyOf(groups);
    bars = List.copyOf(bars);
    if (groups.isEmpty() || bars.isEmpty()) {
      throw new IllegalArgumentException(title + ": no bar to draw");
    }
    for (Bars member : bars) {
      if (member.values().size() != groups.size()) {
        throw new IllegalArgumentException(
            member.name()
                + ": "
                + member.values().size()
                + " bars for "
                + groups.size()
                + " groups");
      }
    }
  }

  @Override
  public byte[] png() {
    CategoryChart chart =
        new CategoryChartBuilder()
            .width(PlotStyle.WIDTH)
            .height(PlotStyle.HEIGHT)
            .title(title)
            .xAxisTitle(x)
            .yAxisTitle(y.label())
            .build();
    PlotStyle.apply(chart.getStyler(), bars.size() > 1);
    chart.getStyler().setYAxisTickLabelsFormattingFunction(y::tick);
    chart.getStyler().setYAxisMin(0.0);
    y.max().ifPresent(max -> chart.getStyler().setYAxisMax(max));
    chart.getStyler().setAvailableSpaceFill(0.7);
    for (int i = 0; i < bars.size(); i++) {
      Bars member = bars.get(i);
      boolean measured = member.spreads().stream().flatMapToDouble(DoubleStream::of).sum() > 0;
      CategorySeries series =
          measured
              ? chart.addSeries(member.name(), groups, member.values(), member.spreads())
              : chart.addSeries(member.name(), groups, member.values());
      series.setFillColor(PlotStyle.colour(i));
    }
    return PlotStyle.png(chart);
  }
}
