package dev.halcyon.app.commands;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.halcyon.app.Home;
import dev.halcyon.app.config.AppConfig;
import dev.halcyon.app.console.Table;
import dev.halcyon.app.console.Terminal;
import dev.halcyon.app.labels.LabelSetStore;
import dev.halcyon.app.labels.PublishResult;
import dev.halcyon.app.labels.StoredVersion;
import dev.halcyon.clip.ClipModel;
import dev.halcyon.events.LabelSetState;
import dev.halcyon.events.LabelSetStatus;
import dev.halcyon.labels.ChangeText;
import dev.halcyon.labels.LabelSet;
import dev.halcyon.labels.LabelSetDiff;
import dev.halcyon.labels.LabelSetWriter;
import dev.halcyon.labels.ReadResult;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Label sets as operators live with them. */
@Command(
    name = "labels",
    description = {
      "See, check, change and undo label sets.",
      "get NAME > FILE, edit FILE, validate FILE, apply FILE --reason TEXT."
    },
    synopsisSubcommandLabel = "list|get|validate|diff|apply|history|rollback|status",
    mixinStandardHelpOptions = true)
public final class LabelsCommand implements Runnable {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** A field the reader passes over: the version a file was made from. */
  private static final String BASED_ON = "x-based-on";

  private static final Pattern BASED_ON_LINE =
      Pattern.compile("(?m)^\\s*\"?" + BASED_ON + "\"?\\s*:\\s*(\\d{1,9})\\b");
  private static final int WIDEST = 48;

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Say what to do with label sets");
  }

  @Command(name = "list", description = "The label sets in force.", mixinStandardHelpOptions = true)
  int list(@Mixin ConfigOption config, @Mixin JsonOption json) {
    try (LabelTopics topics = LabelTopics.open(config.load())) {
      LabelSetStore.Contents contents = topics.store().contents();
      print(contents.sets().values().stream().map(this::summary).toList(), json.wanted());
      contents
          .problems()
          .forEach((key, problem) -> err().println("halcyon: " + key + ": " + problem));
      return ExitCode.OK;
    }
  }

  @Command(name = "get", description = "Print a label set, to be edited and applied again.")
  int get(
      @Parameters(paramLabel = "NAME", description = "Name of the set.") String name,
      @Option(
              names = "--version",
              paramLabel = "N",
              description = "That version instead of the one in force.")
          Integer version,
      // The standard help options would take --version for the program's.
      @Option(
              names = {"-h", "--help"},
              usageHelp = true,
              description = "Show this help message and exit.")
          boolean help,
      @Mixin ConfigOption config,
      @Mixin JsonOption json) {
    try (LabelTopics topics = LabelTopics.open(config.load())) {
      StoredVersion stored = stored(topics.store(), name, Optional.ofNullable(version));
      if (json.wanted()) {
        out().println(stored.document());
      } else {
        out().println(BASED_ON + ": " + stored.version());
        out().print(LabelSetWriter.yaml(labelSet(stored)));
      }
      out().flush();
      return ExitCode.OK;
    }
  }

  @Command(
      name = "validate",
      description = {
        "Check a label set in a file, against the model's context too.",
        "Prints every problem with its path and remedy; needs no Kafka."
      },
      mixinStandardHelpOptions = true)
  int validate(
      @Parameters(paramLabel = "FILE", description = "YAML or JSON.") Path file,
      @Mixin ConfigOption config) {
    LabelSet set = checked(file, config.load());
    out().println(file + ": sound, " + set.labels().size() + " labels");
    return ExitCode.OK;
  }

  @Command(
      name = "diff",
      description = {
        "What changes from one label set to another.",
        "Each side is a FILE, a NAME in force, or NAME@VERSION."
      },
      mixinStandardHelpOptions = true)
  int diff(
      @Parameters(paramLabel = "BEFORE", description = "FILE, NAME or NAME@VERSION.") String before,
      @Parameters(paramLabel = "AFTER", description = "FILE, NAME or NAME@VERSION.") String after,
      @Mixin ConfigOption config) {
    AppConfig app = config.load();
    out()
        .print(
            ChangeText.render(
                LabelSetDiff.between(side(before, app), side(after, app)),
                Terminal.wantsColours()));
    out().flush();
    return ExitCode.OK;
  }

  @Command(
      name = "apply",
      description = {
        "Put a label set in force on every instance, without a restart.",
        "A file made by 'labels get' carries the version it was made from; where somebody else was"
            + " faster, nothing is written and their change is shown (exit code 3)."
      },
      mixinStandardHelpOptions = true)
  int apply(
      @Parameters(paramLabel = "FILE", description = "YAML or JSON.") Path file,
      @Mixin WhoAndWhy because,
      @Option(
              names = "--based-on",
              paramLabel = "N",
              description = "The version the change was made from, where the file does not say.")
          Integer basedOn,
      @Option(
              names = "--waiver",
              paramLabel = "TEXT",
              description =
                  "Force a set calibrated for another model: who allows it, why, until when.")
          String waiver,
      @Option(
              names = "--if-absent",
              description =
                  "Only where no set of this name is in force; else leave it to its operators.")
          boolean ifAbsent,
      @Mixin ConfigOption config) {
    AppConfig app = config.load();
    LabelSet set = checked(file, app);
    try (LabelTopics topics = LabelTopics.open(app)) {
      LabelSetStore store = topics.store();
      Optional<Integer> base = Optional.ofNullable(basedOn).or(() -> basedOn(file));
      Optional<StoredVersion> current = store.get(set.name());
      if (ifAbsent && current.isPresent()) {
        out()
            .println(
                set.name() + ": version " + current.get().version() + " is in force and stays");
        out().flush();
        return ExitCode.OK;
      }
      if (base.isEmpty() && current.isPresent()) {
        throw new BadInputException(
            file
                + ": does not say which version of "
                + set.name()
                + " it was made from; version "
                + current.get().version()
                + " is in force: start from 'halcyon labels get "
                + set.name()
                + "', or add --based-on "
                + current.get().version());
      }
      return report(
          store,
          set,
          base,
          store.publish(
              new LabelSetStore.Change(
                  set, base, because.author(), because.reason(), Optional.ofNullable(waiver))));
    }
  }

  @Command(
      name = "history",
      description = "Every version of a label set: when, who and why.",
      mixinStandardHelpOptions = true)
  int history(
      @Parameters(paramLabel = "NAME", description = "Name of the set.") String name,
      @Mixin ConfigOption config,
      @Mixin JsonOption json) {
    try (LabelTopics topics = LabelTopics.open(config.load())) {
      List<StoredVersion> versions = topics.store().history(name);
      if (versions.isEmpty()) {
        throw unknown(name, topics.store());
      }
      print(versions.stream().map(this::summary).toList(), json.wanted());
      return ExitCode.OK;
    }
  }

  @Command(
      name = "rollback",
      description = "Put an earlier version of a label set in force again, as a new version.",
      mixinStandardHelpOptions = true)
  int rollback(
      @Parameters(paramLabel = "NAME", description = "Name of the set.") String name,
      @Option(
              names = "--to",
              required = true,
              paramLabel = "VERSION",
              description = "The version to go back to.")
          int to,
      @Mixin WhoAndWhy because,
      @Mixin ConfigOption config) {
    try (LabelTopics topics = LabelTopics.open(config.load())) {
      LabelSetStore store = topics.store();
      StoredVersion earlier = stored(store, name, Optional.of(to));
      LabelSet set = labelSet(earlier);
      Optional<Integer> base = store.get(name).map(StoredVersion::version);
      return report(
          store,
          set,
          base,
          store.publish(
              new LabelSetStore.Change(
                  set, base, because.author(), because.reason(), earlier.waiver())));
    }
  }

  @Command(
      name = "status",
      description = {
        "How every instance stands to every label set.",
        "Exit code 1: an instance refuses a set."
      },
      mixinStandardHelpOptions = true)
  int status(@Mixin ConfigOption config, @Mixin JsonOption json) {
    try (LabelTopics topics = LabelTopics.open(config.load())) {
      List<LabelSetStatus> fleet = topics.fleet();
      print(fleet.stream().map(LabelsCommand::standing).toList(), json.wanted());
      boolean refused =
          fleet.stream().anyMatch(status -> status.getState() == LabelSetState.REFUSED);
      return refused ? ExitCode.FAILED : ExitCode.OK;
    }
  }

  /** Whether to answer in JSON. */
  static final class JsonOption {
    @Option(names = "--json", description = "One JSON object a line on standard output.")
    private boolean json;

    boolean wanted() {
      return json;
    }
  }

  /** Who changes a label set, and why. */
  static final class WhoAndWhy {
    @Option(
        names = "--reason",
        required = true,
        paramLabel = "TEXT",
        description = "Why; kept in the history.")
    private String reason;

    @Option(
        names = "--author",
        paramLabel = "NAME",
        description = "Who; the system's user where absent.")
    private String author;

    String reason() {
      if (reason.isBlank()) {
        throw new BadInputException("--reason is empty; say why, for those who come after");
      }
      return reason.strip();
    }

    String author() {
      return author == null ? System.getProperty("user.name") : author;
    }
  }

  private int report(
      LabelSetStore store, LabelSet set, Optional<Integer> base, PublishResult result) {
    if (result instanceof PublishResult.Published published) {
      out()
          .println(
              set.name()
                  + ": version "
                  + published.version().version()
                  + " is published; 'halcyon labels status' shows when each instance has it");
      return ExitCode.OK;
    }
    if (result instanceof PublishResult.Unchanged unchanged) {
      out()
          .println(
              set.name()
                  + ": version "
                  + unchanged.current().version()
                  + " is the same already; nothing was written");
      return ExitCode.OK;
    }
    conflict(store, set, base, ((PublishResult.Conflict) result).current());
    return ExitCode.CONFLICT;
  }

  private void conflict(
      LabelSetStore store, LabelSet set, Optional<Integer> base, Optional<StoredVersion> current) {
    PrintWriter err = err();
    if (current.isEmpty()) {
      err.println(
          "halcyon: "
              + set.name()
              + " is not in force, so there is no version "
              + base.orElse(0)
              + " to change; nothing was written");
      return;
    }
    StoredVersion theirs = current.get();
    err.println(
        "halcyon: "
            + set.name()
            + " is at version "
            + theirs.version()
            + " by "
            + theirs.author()
            + " ("
            + theirs.reason()
            + "), yours was made from "
            + base.map(version -> "version " + version).orElse("nothing")
            + "; nothing was written");
    base.flatMap(version -> store.get(set.name(), version))
        .ifPresent(
            from -> {
              err.println("Their change:");
              err.print(
                  ChangeText.render(
                      LabelSetDiff.between(labelSet(from), labelSet(theirs)),
                      Terminal.wantsColours()));
            });
    err.println("Bring your change to 'halcyon labels get " + set.name() + "' and apply that.");
    err.flush();
  }

  private LabelSet checked(Path file, AppConfig app) {
    LabelSet set = LabelSetFile.read(file);
    try (ClipModel model =
        ClipModel.open(Home.resolve(app.engine().modelDirectory()), app.engine().settings())) {
      LabelSetFile.requirePrompts(file, set, model);
    }
    return set;
  }

  private LabelSet side(String side, AppConfig app) {
    Path file = Path.of(side);
    if (Files.isRegularFile(file)) {
      return LabelSetFile.read(file);
    }
    int at = side.lastIndexOf('@');
    String name = at < 0 ? side : side.substring(0, at);
    Optional<Integer> version = Optional.empty();
    if (at >= 0) {
      try {
        version = Optional.of(Integer.parseInt(side.substring(at + 1)));
      } catch (NumberFormatException e) {
        throw new BadInputException(side + ": neither a file nor NAME@VERSION");
      }
    }
    try (LabelTopics topics = LabelTopics.open(app)) {
      return labelSet(stored(topics.store(), name, version));
    }
  }

  private static StoredVersion stored(LabelSetStore store, String name, Optional<Integer> version) {
    Optional<StoredVersion> found =
        version.isPresent() ? store.get(name, version.get()) : store.get(name);
    return found.orElseThrow(
        () ->
            version.isPresent()
                ? new BadInputException(
                    name
                        + ": there is no version "
                        + version.get()
                        + "; see 'halcyon labels history "
                        + name
                        + "'")
                : unknown(name, store));
  }

  private static BadInputException unknown(String name, LabelSetStore store) {
    return new BadInputException(
        name
            + ": no such label set; there are: "
            + String.join(", ", store.contents().sets().keySet()));
  }

  private static LabelSet labelSet(StoredVersion stored) {
    ReadResult result = stored.read();
    if (result instanceof ReadResult.Faulty faulty) {
      throw LabelSetFile.refused(
          stored.name() + "@" + stored.version(),
          faulty.problems().stream().map(Object::toString).toList());
    }
    return ((ReadResult.Read) result).labelSet();
  }

  private static Optional<Integer> basedOn(Path file) {
    try {
      Matcher line = BASED_ON_LINE.matcher(Files.readString(file));
      return line.find() ? Optional.of(Integer.parseInt(line.group(1))) : Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Map<String, Object> summary(StoredVersion stored) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("name", stored.name());
    row.put("version", stored.version());
    row.put(
        "labels",
        stored.read() instanceof ReadResult.Read read ? read.labelSet().labels().size() : 0);
    row.put("contentHash", stored.contentHash().substring(0, 12));
    row.put("author", stored.author());
    row.put("publishedAt", stored.publishedAt().truncatedTo(ChronoUnit.SECONDS).toString());
    row.put("reason", stored.reason());
    return row;
  }

  private static Map<String, Object> standing(LabelSetStatus status) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("name", status.getName());
    row.put("instance", status.getInstanceId());
    row.put("version", status.getVersion());
    row.put("state", status.getState().name().toLowerCase(Locale.ROOT));
    row.put("inForce", Optional.ofNullable(status.getActiveVersion()).orElse(0));
    Instant at = status.getAt().truncatedTo(ChronoUnit.SECONDS);
    row.put("at", at.toString());
    row.put("problems", String.join("; ", status.getProblems()));
    return row;
  }

  private void print(List<Map<String, Object>> rows, boolean json) {
    PrintWriter out = out();
    if (json) {
      for (Map<String, Object> row : rows) {
        try {
          out.println(JSON.writeValueAsString(row));
        } catch (JsonProcessingException e) {
          throw new UncheckedIOException(e);
        }
      }
    } else if (rows.isEmpty()) {
      out.println("none");
    } else {
      List<List<String>> cells = new ArrayList<>();
      rows.forEach(row -> cells.add(row.values().stream().map(String::valueOf).toList()));
      out.print(
          Table.of(List.copyOf(rows.get(0).keySet()), cells, WIDEST, Terminal.wantsColours()));
    }
    out.flush();
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }

  private PrintWriter err() {
    return spec.commandLine().getErr();
  }
}
