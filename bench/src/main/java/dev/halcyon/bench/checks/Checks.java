package dev.halcyon.bench.checks;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.halcyon.app.Home;
import dev.halcyon.app.commands.ExitCode;
import dev.halcyon.app.console.Style;
import dev.halcyon.app.console.Table;
import dev.halcyon.app.console.Terminal;
import dev.halcyon.labels.LabelSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code bench/checks}. */
@Command(
    name = "checks",
    description = {
      "What the typographic-attack check catches, and what it flags without cause.",
      "",
      "scores: the program's decision classes on published scores of six CLIP models (needs --data)."
          + " photographs: end to end on SCAM and RTA-100 (needs --data)."
          + " cost: one picture at a time (needs --data)."
          + " drawn attacks, benign text: end to end on pictures drawn here, by the default pack.",
      "",
      "Pictures are named by one of two words, what they show and what is written. c, a and d say"
          + " whether the clean, the attacked and the defended picture is named right."
          + " RR = c and not a and d, of c and not a; HR = a and not d, of a;"
          + " ASR = c and not a, of c. Intervals are Wilson's, 95%%."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    usageHelpAutoWidth = true,
    footerHeading = "%nExit codes:%n",
    footer = {
      "  0  all was measured, whether or not every goal is met",
      "  1  something could not be measured",
      "  2  an option cannot be used"
    })
public final class Checks implements Callable<Integer> {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String DEFAULT_MODEL = "starter-model/model";

  @Spec private CommandSpec spec;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Folder with scam/ and rta/; what needs them is skipped where absent.")
  private Path data;

  @Option(
      names = "--model",
      paramLabel = "DIR",
      description = "Model of the end-to-end parts (${DEFAULT-VALUE}).",
      defaultValue = DEFAULT_MODEL)
  private String model;

  @Option(
      names = "--only",
      paramLabel = "TEXT",
      description = "Only parts with this in their name, such as scores or benign.")
  private String only;

  @Option(names = "--quick", description = "A sixth of the photographs, a fifth of the drawings.")
  private boolean quick;

  @Option(names = "--seed", defaultValue = "1", description = "Of the drawings (${DEFAULT-VALUE}).")
  private long seed;

  @Option(names = "--json", description = "One JSON object a figure on standard output.")
  private boolean json;

  private final List<Finding> findings = new ArrayList<>();
  private Table table;

  @Override
  public Integer call() throws Exception {
    if (data != null && !Files.isDirectory(data)) {
      throw new ParameterException(spec.commandLine(), "--data " + data + ": no such folder");
    }
    table = table(Terminal.wantsColours());
    if (!json) {
      System.out.println(table.heading());
    }
    if (wants("scores")) {
      scores();
    }
    if (List.of("photographs", "cost", "drawn attacks", "benign text").stream()
        .anyMatch(this::wants)) {
      endToEnd();
    }
    if (!json) {
      long missed = findings.stream().filter(f -> f.met().equals(Optional.of(false))).count();
      long goals = findings.stream().filter(f -> f.goal().isPresent()).count();
      System.out.println(goals - missed + " of " + goals + " goals are met.");
    }
    return ExitCode.OK;
  }

  private void scores() throws IOException {
    Optional<ScamScores> published = data == null ? Optional.empty() : ScamScores.read(data);
    if (published.isPresent()) {
      print(ScoresPart.measure(published.get()));
    } else {
      skip("scores", "needs scam/similarities.csv: give its folder with --data");
    }
  }

  private void endToEnd() throws IOException {
    try (Eyes eyes = new Eyes(Home.resolve(model), Terminal.isTerminal())) {
      if (!json) {
        System.out.println("model " + eyes.model().id() + " on " + eyes.provider());
      }
      if (data == null && (wants("photographs") || wants("cost"))) {
        skip("photographs and cost", "need scam/ and rta/: give their folder with --data");
      }
      if (data != null && wants("photographs")) {
        print(new PhotosPart(data, eyes, quick ? 6 : 1).measure());
      }
      if (data != null && wants("cost")) {
        print(new CostPart(data, eyes).measure(quick ? 8 : 40));
      }
      LabelSet pack =
          WordLabels.read(Files.readString(Home.resolve("label-config/packs/default.yaml")));
      DrawnPart drawn =
          new DrawnPart(
              Home.resolve("samples"),
              eyes,
              WordLabels.decider(pack, eyes.textEncoder(), eyes.model()),
              seed,
              quick);
      if (wants("drawn attacks")) {
        print(drawn.attacks());
      }
      if (wants("benign text")) {
        print(drawn.benign());
      }
    }
  }

  private boolean wants(String part) {
    return only == null || part.contains(only);
  }

  private void skip(String part, String why) {
    System.err.println("skipped: " + part + " " + why);
  }

  private void print(List<Finding> more) {
    findings.addAll(more);
    for (Finding finding : more) {
      System.out.println(json ? json(finding) : table.row(row(finding)));
    }
  }

  private static Table table(boolean colours) {
    return new Table(
        List.of(
            Table.Column.left("subject", 24),
            Table.Column.left("measure", 30),
            Table.Column.right("figure", 8),
            Table.Column.left("interval", 12),
            Table.Column.right("n", 5),
            Table.Column.left("goal", 8)),
        colours);
  }

  private static List<Table.Cell> row(Finding finding) {
    String unit =
        switch (finding.unit()) {
          case "percent" -> "%";
          case "ms" -> " ms";
          case "points" -> " pt";
          default -> "";
        };
    String figure =
        Double.isNaN(finding.value())
            ? "-"
            : String.format(Locale.ROOT, "%.1f%s", finding.value(), unit);
    return List.of(
        Table.Cell.of(finding.subject()),
        Table.Cell.of(finding.measure()),
        Table.Cell.of(figure),
        Table.Cell.of(
            finding
                .share()
                .map(s -> String.format(Locale.ROOT, "%.1f-%.1f", 100 * s.low(), 100 * s.high()))
                .orElse("")),
        Table.Cell.of(finding.share().map(s -> Long.toString(s.of())).orElse("")),
        goal(finding));
  }

  private static Table.Cell goal(Finding finding) {
    if (finding.goal().isEmpty()) {
      return Table.Cell.of("");
    }
    Finding.Goal goal = finding.goal().get();
    String wanted =
        (goal.atLeast() ? ">= " : "<= ") + String.format(Locale.ROOT, "%.3g", goal.bound());
    if (Double.isNaN(finding.value())) {
      return new Table.Cell(wanted + " not measurable", Style.DIM);
    }
    boolean met = finding.met().orElseThrow();
    return new Table.Cell(wanted + (met ? " met" : " missed"), met ? Style.GREEN : Style.YELLOW);
  }

  private static String json(Finding finding) {
    ObjectNode line = JSON.createObjectNode();
    line.put("part", finding.part());
    line.put("subject", finding.subject());
    line.put("measure", finding.measure());
    line.put("unit", finding.unit());
    if (Double.isNaN(finding.value())) {
      line.putNull("value");
    } else {
      line.put("value", finding.value());
    }
    finding
        .share()
        .ifPresent(
            share -> {
              line.put("hits", share.hits());
              line.put("n", share.of());
              line.put("low", 100 * share.low());
              line.put("high", 100 * share.high());
            });
    finding
        .goal()
        .ifPresent(
            goal -> {
              line.put(goal.atLeast() ? "atLeast" : "atMost", goal.bound());
              if (!Double.isNaN(finding.value())) {
                line.put("met", goal.isMetBy(finding.value()));
              }
            });
    return line.toString();
  }
}
