package dev.halcyon.app.report;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import javax.imageio.ImageIO;
import org.knowm.xchart.internal.chartpart.IChart;
import org.knowm.xchart.style.AxesChartStyler;
import org.knowm.xchart.style.AxesChartStyler.TextAlignment;
import org.knowm.xchart.style.Styler.LegendLayout;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.Circle;
import org.knowm.xchart.style.markers.Diamond;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.Square;
import org.knowm.xchart.style.markers.TriangleUp;

/**
 * What all plots have in common. The colours are those of Okabe and Ito (2008), which people who
 * see colours differently can tell apart.
 */
final class PlotStyle {
  static final int WIDTH = 720;
  static final int HEIGHT = 400;
  static final Color INK = new Color(0x333333);

  private static final int SCALE = 2;
  private static final Color GRID = new Color(0xE4E4E4);
  private static final List<Color> COLOURS =
      List.of(
          new Color(0x0072B2),
          new Color(0xD55E00),
          new Color(0x009E73),
          new Color(0xCC79A7),
          new Color(0xE69F00),
          new Color(0x56B4E9),
          new Color(0x666666));
  private static final List<Marker> MARKERS =
      List.of(new Circle(), new Square(), new TriangleUp(), new Diamond());

  private PlotStyle() {}

  static Color colour(int series) {
    return COLOURS.get(series % COLOURS.size());
  }

  static Color translucent(Color colour) {
    return new Color(colour.getRed(), colour.getGreen(), colour.getBlue(), 90);
  }

  static Marker marker(int series) {
    return MARKERS.get(series % MARKERS.size());
  }

  static BasicStroke line(float width) {
    return new BasicStroke(width, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND);
  }

  static void apply(AxesChartStyler styler, boolean legend) {
    Font plain = new Font(Font.SANS_SERIF, Font.PLAIN, 12);
    styler.setChartBackgroundColor(Color.WHITE);
    styler.setChartFontColor(INK);
    styler.setChartTitleFont(new Font(Font.SANS_SERIF, Font.BOLD, 14));
    styler.setChartTitleBoxVisible(false);
    styler.setChartTitlePadding(8);
    styler.setChartPadding(14);
    styler.setPlotBackgroundColor(Color.WHITE);
    styler.setPlotBorderVisible(false);
    styler.setPlotGridLinesColor(GRID);
    styler.setPlotGridLinesStroke(new BasicStroke(1));
    styler.setPlotGridVerticalLinesVisible(false);
    styler.setPlotMargin(4);
    styler.setAxisTitleFont(plain);
    styler.setAxisTickLabelsFont(plain);
    styler.setAxisTickLabelsColor(INK);
    styler.setAxisTickMarksColor(GRID);
    styler.setAxisTicksLineVisible(false);
    styler.setAxisTickMarkLength(4);
    styler.setYAxisLabelAlignment(TextAlignment.Right);
    styler.setLegendVisible(legend);
    styler.setLegendFont(plain);
    styler.setLegendBorderColor(Color.WHITE);
    styler.setLegendPosition(LegendPosition.OutsideS);
    styler.setLegendLayout(LegendLayout.Horizontal);
    styler.setAnnotationTextFont(plain);
    styler.setAnnotationTextFontColor(INK);
    styler.setMarkerSize(7);
    styler.setErrorBarsColor(INK);
    styler.setAntiAlias(true);
    styler.setTextAntiAlias(true);
  }

  static void apply(AxesChartStyler styler, Axis x, Axis y) {
    styler.setXAxisLogarithmic(x.scale() == Axis.Scale.LOGARITHMIC);
    styler.setYAxisLogarithmic(y.scale() == Axis.Scale.LOGARITHMIC);
    styler.setXAxisTickLabelsFormattingFunction(x::tick);
    styler.setYAxisTickLabelsFormattingFunction(y::tick);
    x.min().ifPresent(min -> styler.setXAxisMin(x.place(min)));
    x.max().ifPresent(max -> styler.setXAxisMax(x.place(max)));
    y.min().ifPresent(min -> styler.setYAxisMin(y.place(min)));
    y.max().ifPresent(max -> styler.setYAxisMax(y.place(max)));
  }

  static byte[] png(IChart chart) {
    BufferedImage image =
        new BufferedImage(WIDTH * SCALE, HEIGHT * SCALE, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    try {
      graphics.setRenderingHint(
          RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
      graphics.scale(SCALE, SCALE);
      chart.paint(graphics, WIDTH, HEIGHT);
    } finally {
      graphics.dispose();
    }
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    try {
      ImageIO.write(image, "png", png);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return png.toByteArray();
  }
}
