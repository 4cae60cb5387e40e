package dev.halcyon.bench.kill;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.halcyon.app.commands.ExitCode;
import dev.halcyon.app.config.GroupProtocol;
import dev.halcyon.app.config.Guarantee;
import dev.halcyon.app.console.Progress;
import dev.halcyon.app.console.Style;
import dev.halcyon.app.console.Table;
import dev.halcyon.app.console.Terminal;
import dev.halcyon.bench.QuietLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code bench/kill-matrix}. */
@Command(
    name = "kill-matrix",
    description = {
      "Kill processes at random moments and audit what is committed.",
      "",
      "Each cell has a Kafka of its own in this JVM and two processes that run the program's stream"
          + " with a simulated device (32 images in 10 ms). All uploads are written first; then"
          + " faults strike, spread over the work, and never when none is left. The audit reads"
          + " committed records only.",
      "",
      "exactly_once_v2 must lose, repeat and reorder nothing; at_least_once must lose nothing."
          + " Without the window's store uploads must get lost: that is the audit's own test."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    usageHelpAutoWidth = true,
    footerHeading = "%nExit codes:%n",
    footer = {
      "  0  every cell is as it must be",
      "  1  a cell is not, or could not be run",
      "  2  an option cannot be used"
    })
public final class KillMatrix implements Callable<Integer> {
  private static final ObjectMapper JSON = new ObjectMapper();

  @Spec private CommandSpec spec;

  @Option(names = "--kills", defaultValue = "20", description = "Kills a cell (${DEFAULT-VALUE}).")
  private int kills;

  @Option(
      names = "--uploads",
      defaultValue = "100000",
      description = "Uploads a cell (${DEFAULT-VALUE}).")
  private int uploads;

  @Option(
      names = "--faults",
      defaultValue = "5",
      description = "Injected faults a cell of the other kinds (${DEFAULT-VALUE}).")
  private int faults;

  @Option(
      names = "--only",
      description = "Only cells whose line has this text, such as \"at_least_once streams\".")
  private String only;

  @Option(names = "--seed", defaultValue = "1", description = "Seed (${DEFAULT-VALUE}).")
  private long seed;

  @Option(names = "--logs", description = "Folder for the processes' logs (a temporary one).")
  private Path logs;

  @Option(names = "--json", description = "One JSON object a cell on standard output.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    if (kills < 1 || uploads < 100 * kills || faults < 1 || uploads < 100 * faults) {
      throw new ParameterException(
          spec.commandLine(), "there must be a kill, a fault, and 100 uploads for each of them");
    }
    List<Cell> cells =
        cells(kills, uploads, faults).stream()
            .filter(cell -> only == null || line(cell).contains(only))
            .toList();
    if (cells.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(), "no cell has \"" + only + "\"; see the table of a whole run");
    }
    // What the brokers say of producers that were killed is no news here.
    QuietLog.begin();
    Path folder = logs == null ? Files.createTempDirectory("kill-matrix-") : logs;
    boolean terminal = Terminal.isTerminal();
    Table table = table(Terminal.wantsColours());
    if (!json) {
      System.out.println("Logs of the processes: " + folder);
      System.out.println(table.heading());
    }
    boolean allHold = true;
    for (int i = 0; i < cells.size(); i++) {
      CellRun.Result result;
      try {
        result = run(cells.get(i), folder.resolve("cell-" + i), terminal);
      } catch (IllegalStateException | ExecutionException e) {
        allHold = false;
        System.err.println(line(cells.get(i)) + ": could not be run: " + e.getMessage());
        continue;
      }
      boolean holds = result.cell().holds(result.audit());
      allHold &= holds;
      System.out.println(json ? json(result, holds) : table.row(row(result, holds)));
    }
    return allHold ? ExitCode.OK : ExitCode.FAILED;
  }

  /** The whole matrix. */
  static List<Cell> cells(int kills, int uploads, int faults) {
    List<Cell> cells = new ArrayList<>();
    for (Guarantee guarantee : Guarantee.values()) {
      for (GroupProtocol protocol : GroupProtocol.values()) {
        cells.add(new Cell(guarantee, protocol, 1, Fault.KILL, kills, uploads, true));
      }
    }
    for (Guarantee guarantee : Guarantee.values()) {
      cells.add(new Cell(guarantee, GroupProtocol.CLASSIC, 3, Fault.KILL, kills, uploads, true));
    }
    int fewer = Math.max(100 * faults, uploads / 4);
    for (Guarantee guarantee : Guarantee.values()) {
      for (GroupProtocol protocol : GroupProtocol.values()) {
        cells.add(new Cell(guarantee, protocol, 1, Fault.PAUSE, faults, fewer, true));
      }
      cells.add(new Cell(guarantee, GroupProtocol.CLASSIC, 1, Fault.ENGINE, faults, fewer, true));
      cells.add(new Cell(guarantee, GroupProtocol.CLASSIC, 1, Fault.BROKER, faults, fewer, true));
      cells.add(new Cell(guarantee, GroupProtocol.CLASSIC, 3, Fault.BROKER, faults, fewer, true));
    }
    cells.add(
        new Cell(
            Guarantee.EXACTLY_ONCE_V2, GroupProtocol.CLASSIC, 1, Fault.FENCE, faults, fewer, true));
    cells.add(
        new Cell(
            Guarantee.EXACTLY_ONCE_V2, GroupProtocol.CLASSIC, 1, Fault.KILL, faults, fewer, false));
    return cells;
  }

  private CellRun.Result run(Cell cell, Path folder, boolean terminal)
      throws IOException, InterruptedException, ExecutionException {
    Files.createDirectories(folder);
    Progress bar =
        new Progress(
            System.err, terminal, line(cell) + " uploads", cell.uploads(), System::nanoTime);
    try (CellRun run = new CellRun(cell, seed, bar::at)) {
      return run.run(folder);
    } finally {
      bar.close();
    }
  }

  private static String line(Cell cell) {
    return String.join(
        " ",
        cell.guarantee().toString(),
        cell.protocol().toString(),
        Integer.toString(cell.brokers()),
        cell.fault().title(),
        cell.remembering() ? "store" : "forgetful");
  }

  private static Table table(boolean colours) {
    return new Table(
        List.of(
            Table.Column.left("guarantee", 15),
            Table.Column.left("protocol", 8),
            Table.Column.right("brokers", 7),
            Table.Column.left("store", 5),
            Table.Column.left("fault", 7),
            Table.Column.right("n", 3),
            Table.Column.right("uploads", 7),
            Table.Column.right("lost", 5),
            Table.Column.right("twice", 5),
            Table.Column.right("order", 5),
            Table.Column.right("torn", 4),
            Table.Column.right("s", 4),
            Table.Column.left("", 5)),
        colours);
  }

  private static List<Table.Cell> row(CellRun.Result result, boolean holds) {
    Cell cell = result.cell();
    AuditReport audit = result.audit();
    return List.of(
        Table.Cell.of(cell.guarantee()),
        Table.Cell.of(cell.protocol()),
        Table.Cell.of(cell.brokers()),
        Table.Cell.of(cell.remembering() ? "yes" : "no"),
        Table.Cell.of(cell.fault().title()),
        Table.Cell.of(cell.times()),
        Table.Cell.of(cell.uploads()),
        Table.Cell.of(audit.lost()),
        Table.Cell.of(audit.duplicated()),
        Table.Cell.of(audit.reordered()),
        Table.Cell.of(audit.disagreeing() + audit.unfinished()),
        Table.Cell.of(String.format(Locale.ROOT, "%.0f", result.seconds())),
        new Table.Cell(holds ? "ok" : "WRONG", holds ? Style.GREEN : Style.RED));
  }

  private static String json(CellRun.Result result, boolean holds) throws IOException {
    Cell cell = result.cell();
    AuditReport audit = result.audit();
    ObjectNode line = JSON.createObjectNode();
    line.put("bench", "kill-matrix");
    line.put("guarantee", cell.guarantee().toString());
    line.put("protocol", cell.protocol().toString());
    line.put("brokers", cell.brokers());
    line.put("store", cell.remembering());
    line.put("fault", cell.fault().title());
    line.put("kills", cell.times());
    line.put("uploads", cell.uploads());
    line.put("distinct", audit.distinct());
    line.put("lost", audit.lost());
    line.put("duplicated", audit.duplicated());
    line.put("reordered", audit.reordered());
    line.put("disagreeing", audit.disagreeing());
    line.put("unfinishedTransactions", audit.unfinished());
    line.put("restored", result.restored());
    line.put("leastWorkLeft", result.leastWorkLeft());
    line.put("stoppedByThemselves", result.stoppedByThemselves());
    line.put("seconds", Math.round(10 * result.seconds()) / 10.0);
    line.put("holds", holds);
    return JSON.writeValueAsString(line);
  }
}
