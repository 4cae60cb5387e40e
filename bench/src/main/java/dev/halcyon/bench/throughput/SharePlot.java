package dev.halcyon.bench.throughput;

import dev.halcyon.app.report.Axis;
import dev.halcyon.app.report.BarPlot;
import dev.halcyon.app.speed.Spread;
import java.util.List;
import java.util.Optional;

/** The shares of what is possible, as bars. */
final class SharePlot {
  private SharePlot() {}

  /** A PNG of the figures that have a goal as a share; none where no figure has. */
  static Optional<byte[]> png(List<Figure> figures) {
    List<Figure> shares =
        figures.stream()
            .filter(figure -> figure.goal().orElse(null) instanceof Figure.Goal.ShareAtLeast)
            .toList();
    if (shares.isEmpty()) {
      return Optional.empty();
    }
    List<Double> values = shares.stream().map(figure -> ratio(figure).median()).toList();
    List<Double> spreads =
        shares.stream().map(figure -> (ratio(figure).high() - ratio(figure).low()) / 2).toList();
    return Optional.of(
        new BarPlot(
                "Share of what is possible",
                "simulated device: stream threads and partitions; model: beside a plain loop",
                Axis.of("images/s over the ceiling's"),
                shares.stream().map(SharePlot::title).toList(),
                List.of(new BarPlot.Bars("share", values, spreads)))
            .png());
  }

  private static Spread ratio(Figure figure) {
    return figure.ratio().orElseThrow();
  }

  private static String title(Figure figure) {
    return figure
        .name()
        .replaceAll(" threads?, ", " × ")
        .replaceAll(" partitions?", "")
        .replace("bytes to tag, ", "");
  }
}
