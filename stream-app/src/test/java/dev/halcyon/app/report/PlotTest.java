package dev.halcyon.app.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.halcyon.app.report.Axis.Scale;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

/** Pictures are drawn without a display, and what is to be seen is on them. */
class PlotTest {
  private static final int BLUE = 0x0072B2;
  private static final int VERMILION = 0xD55E00;

  @Test
  void linesWithTheirSpread() throws IOException {
    Plot plot =
        new LinePlot(
            "Accuracy by examples a label",
            Axis.of("examples a label").on(Scale.DOUBLING),
            Axis.of("accuracy (%)").between(0, 100),
            List.of(
                new LinePlot.Line(
                    "learned",
                    List.of(
                        new LinePlot.Point(1, 40, 30, 55),
                        new LinePlot.Point(2, 55, 45, 62),
                        new LinePlot.Point(4, 70, 66, 74),
                        new LinePlot.Point(16, 82, 80, 85))),
                new LinePlot.Line(
                    "prompts", List.of(LinePlot.Point.of(1, 61), LinePlot.Point.of(16, 61)))));
    assertThat(colours(plot, "lines")).contains(BLUE, VERMILION);
  }

  @Test
  void valuesAndTheThresholdBetweenThem() throws IOException {
    Random random = new Random(7);
    double[] background = random.doubles(500).map(u -> 1 / (1 + Math.exp(5 - 3 * u))).toArray();
    double[] positive = random.doubles(60).map(u -> 1 / (1 + Math.exp(-4 * u))).toArray();
    Plot plot =
        new HistogramPlot(
            "cat",
            Axis.of("score").on(Scale.LOG_ODDS),
            List.of(
                new HistogramPlot.Sample("background", background),
                new HistogramPlot.Sample("examples", positive)),
            List.of(new HistogramPlot.Mark("threshold 0.31", 0.31)));
    assertThat(colours(plot, "histogram")).contains(BLUE, VERMILION);
  }

  @Test
  void aSampleOfOneValueIsDrawnToo() throws IOException {
    Plot plot =
        new HistogramPlot(
            "one",
            Axis.of("score"),
            List.of(new HistogramPlot.Sample("all", new double[] {0.5, 0.5})),
            List.of());
    assertThat(colours(plot, "one")).contains(BLUE);
  }

  @Test
  void barsSideBySide() throws IOException {
    Plot plot =
        new BarPlot(
            "Images a second",
            "threads",
            Axis.of("images/s"),
            List.of("1", "2", "4"),
            List.of(
                BarPlot.Bars.of("ceiling", List.of(70.0, 140.0, 150.0)),
                new BarPlot.Bars("ours", List.of(65.0, 131.0, 143.0), List.of(3.0, 5.0, 9.0))));
    assertThat(colours(plot, "bars")).contains(BLUE, VERMILION);
  }

  @Test
  void ticksReadAsPeopleWriteThem() {
    assertThat(Axis.of("n").tick(12_500)).isEqualTo("12,500");
    assertThat(Axis.of("n").tick(0.25)).isEqualTo("0.25");
    assertThat(Axis.of("n").on(Scale.DOUBLING).tick(4)).isEqualTo("16");
    assertThat(Axis.of("p").on(Scale.LOG_ODDS).tick(0)).isEqualTo("0.50");
  }

  @Test
  void nothingToDrawIsAnError() {
    assertThatThrownBy(() -> new LinePlot("empty", Axis.of("x"), Axis.of("y"), List.of()))
        .hasMessageContaining("empty: no line");
  }

  private static Set<Integer> colours(Plot plot, String name) throws IOException {
    byte[] png = plot.png();
    Files.write(Path.of("target", "plot-" + name + ".png"), png);
    BufferedImage image = ImageIO.read(new ByteArrayInputStream(png));
    assertThat(image.getWidth()).isEqualTo(1440);
    Set<Integer> colours = new HashSet<>();
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        colours.add(image.getRGB(x, y) & 0xFFFFFF);
      }
    }
    return colours;
  }
}
