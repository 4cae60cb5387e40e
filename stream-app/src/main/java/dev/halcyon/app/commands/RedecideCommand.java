package dev.halcyon.app.commands;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.halcyon.app.config.AppConfig;
import dev.halcyon.app.console.Progress;
import dev.halcyon.app.console.Style;
import dev.halcyon.app.console.Terminal;
import dev.halcyon.app.history.Corrected;
import dev.halcyon.app.history.CorrectionWriter;
import dev.halcyon.app.history.Corrections;
import dev.halcyon.app.history.EvidenceHistory;
import dev.halcyon.app.history.Redecision;
import dev.halcyon.events.AlertEvent;
import dev.halcyon.events.TagEvent;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** History decided again, and put right. */
@Command(
    name = "redecide",
    description = {
      "Decide history again by a label set, and put right what was decided.",
      "",
      "Without --emit it tells what it would write. With --emit it writes corrective tag and alert"
          + " events for the images whose labels, alerts or severities change, after asking. A"
          + " second run writes nothing: what the committed events say already is left alone."
          + " Alerts that no longer hold are lifted by events with the action RELEASE.",
      "",
      "Example: halcyon redecide --label-set default --since 7d --emit --reason \"knife threshold\""
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
public final class RedecideCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--label-set",
      paramLabel = "SET",
      required = true,
      description = "Decides again: NAME in force, NAME@VERSION, or a FILE to try.")
  private String labelSet;

  @Option(
      names = "--since",
      paramLabel = "TIME",
      required = true,
      description = "How far back: 24h, 7d, or a time such as 2026-05-01T00:00:00Z.")
  private String since;

  @Option(
      names = "--until",
      paramLabel = "TIME",
      description = "Only images uploaded before then; all where absent.")
  private String until;

  @Option(
      names = "--surface",
      paramLabel = "NAME",
      description = "Only images uploaded on this surface.")
  private String surface;

  @Option(names = "--emit", description = "Write the corrections.")
  private boolean emit;

  @Option(
      names = "--reason",
      paramLabel = "TEXT",
      description = "Why; the corrective events carry it. Needed with --emit.")
  private String reason;

  @Option(names = "--yes", description = "Do not ask.")
  private boolean yes;

  @Mixin private ConfigOption config;
  @Mixin private JsonOption json;

  @Override
  public Integer call() {
    Instant now = Instant.now();
    Instant from = HistoryWorld.moment("--since", since, now);
    Instant to = until == null ? HistoryWorld.NO_END : HistoryWorld.moment("--until", until, now);
    if (emit && (reason == null || reason.isBlank())) {
      throw new BadInputException("--emit needs --reason TEXT, for those who read the events");
    }
    if (emit && !yes && !Terminal.isTerminal()) {
      throw new BadInputException("nobody can be asked here; add --yes to write without asking");
    }
    try (HistoryWorld world = HistoryWorld.open(config.load())) {
      HistoryWorld.Named named = world.named(labelSet);
      if (emit && !named.published()) {
        throw new BadInputException(
            labelSet
                + ": was never published, and an event must name a version that can be looked up;"
                + " publish it first: halcyon labels apply "
                + labelSet
                + " --reason TEXT");
      }
      Redecision redecision = redecision(world, named, from);
      Optional<String> only = Optional.ofNullable(surface);
      // With --emit the first run only counts, so that the question can say how many.
      boolean asks = emit && !yes;
      Redecision.Result result =
          emit && yes
              ? write(world, named, redecision, world.history(from, to, only))
              : run(redecision, world.history(from, to, only), this::printEach);
      boolean written = emit && yes;
      if (asks && result.count() > 0 && agrees(result)) {
        result = write(world, named, redecision, world.history(from, to, only));
        written = true;
      }
      RedecisionText text = new RedecisionText(spec.commandLine().getOut(), json.wanted());
      text.print(named.words(), from, result, world.remarks(result.reading()), written, emit);
      return ExitCode.OK;
    }
  }

  private Redecision redecision(HistoryWorld world, HistoryWorld.Named named, Instant from) {
    AppConfig app = world.config();
    return new Redecision(
        new Redecision.Settings(
            app.kafka().clientProperties(),
            app.topics().tags(),
            app.topics().alerts(),
            app.topics().evidence(),
            from,
            named.set().name(),
            reason == null ? "" : reason.strip(),
            world.patience()),
        world.with(named),
        world.serdes().decoder(TagEvent.class),
        world.serdes().decoder(AlertEvent.class),
        Clock.systemUTC());
  }

  private Redecision.Result write(
      HistoryWorld world,
      HistoryWorld.Named named,
      Redecision redecision,
      EvidenceHistory history) {
    AppConfig app = world.config();
    try (CorrectionWriter writer =
        new CorrectionWriter(
            new CorrectionWriter.Settings(
                app.kafka().clientProperties(),
                app.topics().tags(),
                app.topics().alerts(),
                named.set().name(),
                world.patience()),
            world.serdes().values(TagEvent.class).serializer(),
            world.serdes().values(AlertEvent.class).serializer())) {
      return run(
          redecision,
          history,
          corrections -> {
            writer.take(corrections);
            printEach(corrections);
          });
    }
  }

  private Redecision.Result run(
      Redecision redecision, EvidenceHistory history, Corrections corrections) {
    boolean terminal = Terminal.isTerminal() && !json.wanted();
    PrintStream people = System.out;
    try (Progress progress =
        new Progress(people, terminal, "records", history.size(), System::nanoTime)) {
      return redecision.run(
          history,
          corrections,
          done -> {
            synchronized (progress) {
              progress.at(done);
            }
          });
    }
  }

  /** Machines get every image; people get the counts. */
  private synchronized void printEach(List<Corrected> corrections) {
    if (!json.wanted() || (emit && !yes)) {
      return;
    }
    PrintWriter out = spec.commandLine().getOut();
    for (Corrected corrected : corrections) {
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("type", "image");
      row.put("imageId", corrected.tags().getImageId());
      row.put("change", corrected.change().words());
      row.put("versionBefore", corrected.before().getVersion());
      row.put("version", corrected.tags().getLabelSet().getVersion());
      row.put("tags", corrected.tags().getTags().stream().map(tag -> tag.getLabel()).toList());
      row.put(
          "alerts",
          corrected.alerts().stream()
              .map(
                  alert ->
                      Map.of(
                          "label",
                          alert.getLabel(),
                          "action",
                          alert.getAction().name().toLowerCase(Locale.ROOT)))
              .toList());
      out.println(Rows.json(row));
    }
  }

  private boolean agrees(Redecision.Result result) {
    PrintWriter out = spec.commandLine().getOut();
    out.printf(
        "Write %d corrective tag events, %d alerts and %d releases? [y/N] ",
        result.tagEvents(), result.alertEvents(), result.releases());
    out.flush();
    String answer;
    try {
      answer = new BufferedReader(new InputStreamReader(System.in, UTF_8)).readLine();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    boolean agreed = answer != null && answer.strip().equalsIgnoreCase("y");
    if (!agreed) {
      out.println(Style.DIM.paint("Nothing was written.", Terminal.wantsColours()));
    }
    return agreed;
  }
}
