package dev.halcyon.bench.shapes;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.halcyon.app.console.Style;
import dev.halcyon.app.console.Table;
import dev.halcyon.app.speed.SpeedComparison;
import dev.halcyon.bench.FigureLines;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/** Prints what {@link RealShapes} measures, a line a batch, as soon as it is there. */
final class ShapeFigures {
  private final FigureLines lines;

  /**
   * One encoder with one batch.
   *
   * @param startSeconds from the file to the first embedding
   * @param threads CPU threads of a batch
   */
  record Row(
      String model, Variant.Precision precision, double startSeconds, int threads, int batch) {}

  ShapeFigures(FigureLines lines) {
    this.lines = lines;
    lines.table(
        Table.Column.left("image encoder", 14),
        Table.Column.left("precision", 9),
        Table.Column.right("start s", 7),
        Table.Column.right("MB", 5),
        Table.Column.right("threads", 7),
        Table.Column.right("batch", 5),
        Table.Column.right("bare/s", 7),
        Table.Column.right("ours/s", 7),
        Table.Column.left("range", 15),
        Table.Column.right("share", 5),
        Table.Column.right("rounds", 6),
        Table.Column.right("cosine", 8));
  }

  /**
   * A measured case.
   *
   * @param likeness to the first precision measured; empty for that itself
   */
  void measured(Row row, SpeedComparison speed, Optional<Likeness> likeness) throws IOException {
    long megabytes = residentMegabytes();
    ObjectNode line = line(row);
    line.put("residentMegabytes", megabytes);
    FigureLines.put(line, "value", speed.ours());
    FigureLines.put(line, "ceiling", speed.ceiling());
    FigureLines.put(line, "ratio", speed.share());
    line.put("rounds", speed.ours().count());
    likeness.ifPresent(
        like -> {
          line.put("cosine", like.cosine());
          line.put("meanCosine", like.meanCosine());
          line.put("error", like.error());
        });
    lines.add(
        line,
        row.model(),
        row.precision().title(),
        FigureLines.number(row.startSeconds()),
        megabytes,
        row.threads(),
        row.batch(),
        FigureLines.number(speed.ceiling().median()),
        FigureLines.number(speed.ours().median()),
        FigureLines.range(speed.ours()),
        FigureLines.number(speed.share().median()),
        speed.ours().count(),
        likeness.map(like -> String.format(Locale.ROOT, "%.6f", like.cosine())).orElse(""));
  }

  /**
   * A case that is left out.
   *
   * @param seconds what its one round would take
   */
  void leftOut(Row row, double seconds) {
    ObjectNode line = line(row);
    line.putNull("value");
    line.put("leftOutSeconds", FigureLines.rounded(seconds));
    lines.add(
        line,
        row.model(),
        row.precision().title(),
        FigureLines.number(row.startSeconds()),
        "",
        row.threads(),
        row.batch(),
        "",
        "",
        "",
        "",
        0,
        new Table.Cell(
            "left out: a round takes about " + FigureLines.number(seconds) + " s", Style.YELLOW));
  }

  private ObjectNode line(Row row) {
    ObjectNode line = lines.line();
    line.put("model", row.model());
    line.put("precision", row.precision().title());
    line.put("startSeconds", FigureLines.rounded(row.startSeconds()));
    line.put("threads", row.threads());
    line.put("batch", row.batch());
    return line;
  }

  /** The process's resident memory as Linux states it; 0 elsewhere. */
  private static long residentMegabytes() throws IOException {
    Path status = Path.of("/proc/self/status");
    if (!Files.isReadable(status)) {
      return 0;
    }
    return Files.readAllLines(status).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024)
        .findFirst()
        .orElse(0);
  }
}
