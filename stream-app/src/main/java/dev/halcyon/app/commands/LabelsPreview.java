package dev.halcyon.app.commands;

import dev.halcyon.app.console.Progress;
import dev.halcyon.app.console.Style;
import dev.halcyon.app.console.Terminal;
import dev.halcyon.app.history.Comparison;
import dev.halcyon.app.history.EvidenceHistory;
import dev.halcyon.app.history.Preview;
import dev.halcyon.app.history.PreviewPage;
import dev.halcyon.app.history.Thumbnails;
import dev.halcyon.app.labels.LabelSetSnapshot;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What a change of a label set would have made of the past. */
@Command(
    name = "preview",
    description = {
      "What a change would have made of the past, before it is published.",
      "",
      "Decides the kept evidence again under the label sets in force and under the change, on this"
          + " machine's processors; needs no GPU and touches nothing. Alert quotas are left out:"
          + " they follow live traffic.",
      "",
      "Example: halcyon labels preview default.yaml --since 7d --html preview.html"
    },
    mixinStandardHelpOptions = true)
final class LabelsPreview implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "SET", description = "The change: FILE, NAME or NAME@VERSION.")
  private String changed;

  @Option(
      names = "--since",
      paramLabel = "TIME",
      defaultValue = "24h",
      description = "How far back: 24h, 7d, or a time such as 2026-05-01T00:00:00Z (24h).")
  private String since;

  @Option(
      names = "--against",
      paramLabel = "SET",
      description = "Compare with this set instead of the one in force: NAME[@VERSION] or FILE.")
  private String against;

  @Option(
      names = "--surface",
      paramLabel = "NAME",
      description = "Only images uploaded on this surface.")
  private String surface;

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "12",
      description = "Most moved images to show of each kind of change (${DEFAULT-VALUE}).")
  private int limit;

  @Option(
      names = "--html",
      paramLabel = "FILE",
      description = "Also write a page with the pictures, where they can still be had.")
  private Path html;

  @Mixin private ConfigOption config;
  @Mixin private JsonOption json;

  @Override
  public Integer call() {
    if (limit < 0 || limit > 1_000) {
      throw new BadInputException("--limit " + limit + " is outside 0 to 1000");
    }
    Instant now = Instant.now();
    Instant from = HistoryWorld.moment("--since", since, now);
    try (HistoryWorld world = HistoryWorld.open(config.load())) {
      HistoryWorld.Named after = world.named(changed);
      Optional<HistoryWorld.Named> before = Optional.ofNullable(against).map(world::named);
      LabelSetSnapshot setsBefore = before.map(world::with).orElse(world.inForce());
      LabelSetSnapshot setsAfter = world.with(after);
      EvidenceHistory history =
          world.history(from, HistoryWorld.NO_END, Optional.ofNullable(surface));
      Preview.Result result = run(history, new Preview(setsBefore, setsAfter, limit));
      List<String> remarks = new ArrayList<>(world.remarks(result.reading()));
      remarks.addAll(setsAfter.warnings(after.set().name()));
      remarks.addAll(overQuota(after, result.comparison()));
      if (result.comparison().imagesWithoutText() > 0) {
        remarks.add(
            result.comparison().imagesWithoutText()
                + " images were analyzed without looking for written text, or have none: their"
                + " decisions leave the typographic check out");
      }
      PreviewPage.Heading heading =
          new PreviewPage.Heading(
              before.map(HistoryWorld.Named::words).orElse("what is in force"),
              after.words(),
              "since " + from.truncatedTo(ChronoUnit.SECONDS),
              remarks,
              "halcyon labels preview, " + now.truncatedTo(ChronoUnit.SECONDS));
      new PreviewText(spec.commandLine().getOut(), json.wanted(), limit).print(heading, result);
      if (html != null) {
        writePage(world, heading, result.comparison());
      }
      return ExitCode.OK;
    }
  }

  private Preview.Result run(EvidenceHistory history, Preview preview) {
    boolean terminal = Terminal.isTerminal() && !json.wanted();
    PrintStream people = System.out;
    try (Progress progress =
        new Progress(people, terminal, "records", history.size(), System::nanoTime)) {
      return preview.run(
          history,
          done -> {
            synchronized (progress) {
              progress.at(done);
            }
          });
    }
  }

  private void writePage(HistoryWorld world, PreviewPage.Heading heading, Comparison comparison) {
    try (Thumbnails thumbnails = world.thumbnails()) {
      PreviewPage.write(html, heading, comparison, thumbnails);
    }
    PrintWriter out = spec.commandLine().getOut();
    if (!json.wanted()) {
      out.println();
      out.println(Style.DIM.paint("The pictures are in " + html, Terminal.wantsColours()));
      out.flush();
    }
  }

  /** Labels that would go to shadow by themselves, if live traffic is like the past. */
  private static List<String> overQuota(HistoryWorld.Named after, Comparison comparison) {
    List<String> remarks = new ArrayList<>();
    comparison
        .labels()
        .forEach(
            (label, count) -> {
              double share = (double) count.after() / Math.max(1, comparison.count());
              boolean acts =
                  after.set().label(label).isPresent()
                      && after.set().label(label).get().action() != dev.halcyon.labels.Action.TAG;
              if (acts && share > after.set().alertQuota()) {
                remarks.add(
                    String.format(
                        Locale.ROOT,
                        "%s alerts on %.0f%% of these images, above alertQuota %s: on live traffic"
                            + " like this it would go to shadow by itself; reword its prompts or"
                            + " raise its threshold",
                        label,
                        100 * share,
                        after.set().alertQuota()));
              }
            });
    return remarks;
  }
}
