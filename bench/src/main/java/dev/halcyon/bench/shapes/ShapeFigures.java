package dev.halcyon.bench.shapes;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.halcyon.app.console.Table;
import dev.halcyon.app.speed.Spread;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Prints what {@link RealShapes} measures, a line a batch, as soon as it is there. */
final class ShapeFigures {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final PrintStream out;
  private final boolean json;
  private final Optional<PrintStream> saved;
  private final Table table;

  /**
   * What was measured of one encoder and batch.
   *
   * @param startSeconds from the file to the first embedding
   * @param threads CPU threads of a batch
   * @param bare the bare loop's images a second
   * @param ours the program's
   * @param share ours of the bare loop's, round by round
   * @param likeness to the first precision measured; empty for that itself
   */
  record Row(
      String model,
      Variant.Precision precision,
      double startSeconds,
      int threads,
      int batch,
      Spread bare,
      Spread ours,
      Spread share,
      Optional<Likeness> likeness) {}

  ShapeFigures(PrintStream out, boolean json, boolean colours, Optional<PrintStream> saved) {
    this.out = out;
    this.json = json;
    this.saved = saved;
    this.table =
        new Table(
            List.of(
                Table.Column.left("image encoder", 14),
                Table.Column.left("precision", 9),
                Table.Column.right("start s", 7),
                Table.Column.right("MB", 5),
                Table.Column.right("threads", 7),
                Table.Column.right("batch", 5),
                Table.Column.right("bare/s", 7),
                Table.Column.right("ours/s", 7),
                Table.Column.right("share", 5),
                Table.Column.right("cosine", 8)),
            colours);
  }

  void start() {
    if (!json) {
      out.println(table.heading());
    }
  }

  void row(Row row) throws IOException {
    long megabytes = residentMegabytes();
    String text = JSON.writeValueAsString(line(row, megabytes));
    saved.ifPresent(file -> file.println(text));
    if (json) {
      out.println(text);
      return;
    }
    out.println(
        table.row(
            List.of(
                Table.Cell.of(row.model()),
                Table.Cell.of(row.precision().title()),
                cell("%.1f", row.startSeconds()),
                Table.Cell.of(megabytes),
                Table.Cell.of(row.threads()),
                Table.Cell.of(row.batch()),
                cell("%.2f", row.bare().median()),
                cell("%.2f", row.ours().median()),
                cell("%.2f", row.share().median()),
                row.likeness()
                    .map(likeness -> cell("%.6f", likeness.cosine()))
                    .orElse(Table.Cell.of("")))));
  }

  private static ObjectNode line(Row row, long megabytes) {
    ObjectNode line = JSON.createObjectNode();
    line.put("bench", "real-shapes");
    line.put("model", row.model());
    line.put("precision", row.precision().title());
    line.put("startSeconds", row.startSeconds());
    line.put("residentMegabytes", megabytes);
    line.put("threads", row.threads());
    line.put("batch", row.batch());
    spread(line, "value", row.ours());
    spread(line, "ceiling", row.bare());
    spread(line, "ratio", row.share());
    line.put("n", row.bare().count());
    row.likeness()
        .ifPresent(
            likeness -> {
              line.put("cosine", likeness.cosine());
              line.put("meanCosine", likeness.meanCosine());
              line.put("error", likeness.error());
            });
    return line;
  }

  private static void spread(ObjectNode line, String name, Spread spread) {
    line.put(name, spread.median());
    line.putArray(name + "Range").add(spread.low()).add(spread.high());
  }

  private static Table.Cell cell(String format, double value) {
    return Table.Cell.of(String.format(Locale.ROOT, format, value));
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
