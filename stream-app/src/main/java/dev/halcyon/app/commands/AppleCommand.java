package dev.halcyon.app.commands;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.halcyon.app.Home;
import dev.halcyon.app.config.AppConfig;
import dev.halcyon.app.console.Table;
import dev.halcyon.app.console.Terminal;
import dev.halcyon.app.decision.Decider;
import dev.halcyon.app.decision.Decision;
import dev.halcyon.app.decision.Flag;
import dev.halcyon.app.decision.LabelDecision;
import dev.halcyon.app.decision.LabelSetDecider;
import dev.halcyon.app.decision.LabelSetVersion;
import dev.halcyon.app.labels.LabelSetCompiler;
import dev.halcyon.app.labels.LabelSetRefusedException;
import dev.halcyon.clip.ClipModel;
import dev.halcyon.clip.Evidence;
import dev.halcyon.clip.ImageAnalyzer;
import dev.halcyon.clip.ImageSource;
import dev.halcyon.clip.Outcome;
import dev.halcyon.clip.TextAnalysis;
import dev.halcyon.labels.LabelSet;
import dev.halcyon.labels.LabelSetWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** One apple, four notes: the scores with and without what is written. */
@Command(
    name = "apple",
    description = {
      "A green apple, the same with a note \"iPod\", with a blank note and with a note \"pizza\":"
          + " their scores as they are, without the text, and of the text alone.",
      "The pictures are samples/apple, the labels label-config/packs/examples/apple.yaml."
    },
    mixinStandardHelpOptions = true)
final class AppleCommand implements Callable<Integer> {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> PICTURES =
      List.of("plain.jpg", "ipod-note.jpg", "blank-note.jpg", "pizza-note.jpg");
  private static final List<String> SHOWN = List.of("apple", "ipod", "pizza");

  @Spec private CommandSpec spec;

  @Mixin private ConfigOption config;

  @Option(names = "--markdown", description = "The table in Markdown.")
  private boolean markdown;

  @Option(names = "--json", description = "One JSON object a picture on standard output.")
  private boolean json;

  /** What one picture came to. */
  private record Row(String picture, String read, Decision decision) {
    Optional<LabelDecision> label(String id) {
      return decision.labels().stream().filter(label -> label.label().equals(id)).findFirst();
    }

    String flags() {
      String flags =
          decision.flags().stream().map(Flag::name).sorted().collect(Collectors.joining(" "));
      return flags.isEmpty() ? "none" : flags;
    }
  }

  @Override
  public Integer call() throws Exception {
    AppConfig app = config.load();
    Path file = Home.resolve("label-config/packs/examples/apple.yaml");
    LabelSet set = LabelSetFile.read(file);
    List<Row> rows = new ArrayList<>();
    String model;
    try (ClipModel clip =
            ClipModel.open(Home.resolve(app.engine().modelDirectory()), app.engine().settings());
        ImageAnalyzer analyzer = clip.analyzer(app.images().settings(app.fetch()))) {
      model = clip.identity().id();
      LabelSetDecider decider = decider(file, set, clip);
      for (String picture : PICTURES) {
        Outcome outcome =
            analyzer.analyze(new ImageSource.Inline(bytes(picture)), TextAnalysis.ALWAYS).join();
        if (!(outcome instanceof Evidence evidence)) {
          throw new BadInputException(picture + ": cannot be used: " + outcome);
        }
        String read =
            evidence.text().stream()
                .flatMap(text -> text.boxes().stream())
                .flatMap(box -> box.text().stream())
                .collect(Collectors.joining(" "));
        rows.add(
            new Row(
                picture,
                read,
                decider.decide(evidence, new Decider.Context(picture, Optional.empty()))));
      }
    }
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      rows.forEach(row -> out.println(json(row, model)));
    } else if (markdown) {
      out.print(markdown(rows, model));
    } else {
      out.println("Model " + model);
      out.print(Table.of(titles(), cells(rows), 20, Terminal.wantsColours()));
    }
    out.flush();
    return ExitCode.OK;
  }

  private static List<String> titles() {
    List<String> titles = new ArrayList<>(List.of("picture", "scored"));
    titles.addAll(SHOWN);
    titles.addAll(List.of("fires", "read", "flags"));
    return titles;
  }

  private static List<List<String>> cells(List<Row> rows) {
    List<List<String>> cells = new ArrayList<>();
    for (Row row : rows) {
      List<String> whole = new ArrayList<>(List.of(row.picture(), "as it is"));
      List<String> masked = new ArrayList<>(List.of("", "without its text"));
      List<String> alone = new ArrayList<>(List.of("", "its text alone"));
      for (String id : SHOWN) {
        Optional<LabelDecision> label = row.label(id);
        whole.add(label.map(found -> score(found.score())).orElse("<.002"));
        masked.add(label.map(found -> score(found.explanation().scoreWithoutText())).orElse("-"));
        alone.add(label.map(found -> score(found.explanation().scoreOfTextOnly())).orElse("-"));
      }
      String fires =
          row.decision().labels().stream()
              .filter(label -> label.standing() == LabelDecision.Standing.FIRED)
              .map(LabelDecision::label)
              .collect(Collectors.joining(" "));
      whole.addAll(
          List.of(
              fires.isEmpty() ? "none" : fires,
              row.read().isEmpty() ? "nothing" : row.read(),
              row.flags()));
      masked.addAll(List.of("", "", ""));
      alone.addAll(List.of("", "", ""));
      cells.add(whole);
      if (!row.read().isEmpty()) {
        cells.add(masked);
        cells.add(alone);
      }
    }
    return cells;
  }

  private static String score(OptionalDouble score) {
    return score.isPresent() ? score(score.getAsDouble()) : "-";
  }

  private static String score(double score) {
    return String.format(Locale.ROOT, "%.3f", score);
  }

  private static String markdown(List<Row> rows, String model) {
    StringBuilder page = new StringBuilder("Model `" + model + "`.\n\n");
    page.append("| ").append(String.join(" | ", titles())).append(" |\n|");
    page.append("---|".repeat(titles().size())).append('\n');
    for (List<String> cells : cells(rows)) {
      page.append("| ").append(String.join(" | ", cells)).append(" |\n");
    }
    return page.toString();
  }

  private static String json(Row row, String model) {
    ObjectNode line = JSON.createObjectNode();
    line.put("picture", row.picture());
    line.put("model", model);
    line.put("readText", row.read());
    ArrayNode flags = line.putArray("flags");
    row.decision().flags().stream().sorted().map(Flag::name).forEach(flags::add);
    ArrayNode labels = line.putArray("labels");
    for (LabelDecision label : row.decision().labels()) {
      ObjectNode scores = labels.addObject();
      scores.put("label", label.label());
      scores.put("standing", label.standing().name());
      scores.put("score", label.score());
      label.explanation().scoreWithoutText().ifPresent(s -> scores.put("scoreWithoutText", s));
      label.explanation().scoreOfTextOnly().ifPresent(s -> scores.put("scoreOfTextOnly", s));
    }
    return line.toString();
  }

  private static LabelSetDecider decider(Path file, LabelSet set, ClipModel model) {
    LabelSetVersion version = new LabelSetVersion(set.name(), 0, LabelSetWriter.contentHash(set));
    try {
      return new LabelSetDecider(
          new LabelSetCompiler(model.textEncoder(), model.identity())
              .compile(set, version, LocalDate.now(ZoneOffset.UTC)));
    } catch (LabelSetRefusedException e) {
      throw LabelSetFile.refused(file.toString(), e.problems());
    }
  }

  private static ByteBuffer bytes(String picture) throws IOException {
    return ByteBuffer.wrap(
        Files.readAllBytes(Home.resolve("samples").resolve("apple").resolve(picture)));
  }
}
