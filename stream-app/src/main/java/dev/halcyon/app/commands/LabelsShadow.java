package dev.halcyon.app.commands;

import dev.halcyon.app.config.AppConfig;
import dev.halcyon.app.config.Durations;
import dev.halcyon.app.labels.LabelSetStore;
import dev.halcyon.app.labels.StoredVersion;
import dev.halcyon.app.shadow.ShadowReport;
import dev.halcyon.app.statistics.Interval;
import dev.halcyon.labels.ReadResult;
import java.io.PrintWriter;
import java.time.Duration;
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
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What labels in shadow would have done. */
@Command(
    name = "shadow",
    description = {
      "What a set's labels in shadow and on canary would have done on live traffic.",
      "Counts decisions since the version in force was published. 'alone' is where nothing active"
          + " fired as well (the label of the same id in the set that decided, or another label of"
          + " its group); 'missed' is where the active one fired and this would not have."
    },
    mixinStandardHelpOptions = true)
final class LabelsShadow implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "NAME", description = "Name of the set.")
  private String name;

  @Option(
      names = "--since",
      paramLabel = "DURATION",
      defaultValue = "24h",
      description = "How far back at most, as 30m, 24h or 7d; default ${DEFAULT-VALUE}.")
  private String since;

  @Mixin private ConfigOption config;
  @Mixin private JsonOption json;

  @Override
  public Integer call() {
    Duration back = back();
    AppConfig app = config.load();
    PrintWriter out = spec.commandLine().getOut();
    try (LabelTopics topics = LabelTopics.open(app)) {
      LabelSetStore.Contents contents = topics.store().contents();
      StoredVersion stored = contents.sets().get(name);
      if (stored == null) {
        throw StoredLabelSets.unknown(name, topics.store());
      }
      ShadowReport report =
          new ShadowReport(
              StoredLabelSets.labelSet(stored),
              stored.version(),
              other -> isGeneral(contents.sets().get(other)));
      Instant from = Instant.now().minus(back);
      topics.decisions(
          from.isAfter(stored.publishedAt()) ? from : stored.publishedAt(), report::add);
      List<ShadowReport.Row> rows = report.rows();
      if (json.wanted()) {
        Rows.print(out, rows.stream().map(LabelsShadow::facts).toList(), true);
        return ExitCode.OK;
      }
      out.println(
          name
              + " version "
              + stored.version()
              + ": "
              + report.decisions()
              + " decisions in the last "
              + Durations.format(back)
              + ", since it was published");
      if (rows.isEmpty()) {
        out.println("no label is in shadow or on canary");
      } else {
        Rows.print(out, rows.stream().map(LabelsShadow::row).toList(), false);
      }
      rows.stream()
          .filter(row -> !row.examples().isEmpty())
          .forEach(
              row ->
                  out.println(row.label() + " alone, last: " + String.join(", ", row.examples())));
      out.flush();
      return ExitCode.OK;
    }
  }

  private Duration back() {
    try {
      return Durations.parse(since);
    } catch (IllegalArgumentException e) {
      throw new BadInputException("--since " + since + ": write 30m, 24h or 7d");
    }
  }

  private static boolean isGeneral(StoredVersion stored) {
    return stored != null
        && stored.read() instanceof ReadResult.Read read
        && read.labelSet().surfaces().isEmpty();
  }

  private static Map<String, Object> row(ShadowReport.Row found) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("label", found.label());
    row.put("status", found.status().name().toLowerCase(Locale.ROOT));
    row.put("images", found.shadowed());
    row.put("would fire", found.fired());
    row.put("rate", found.rate().map(LabelsShadow::percents).orElse("-"));
    row.put("alone", found.alone());
    row.put("missed", found.missed().map(String::valueOf).orElse("-"));
    row.put("acted on", found.acted());
    row.put("fired", found.actedFired());
    return row;
  }

  private static String percents(Interval rate) {
    return String.format(Locale.ROOT, "%.1f to %.1f%%", rate.low() * 100, rate.high() * 100);
  }

  private static Map<String, Object> facts(ShadowReport.Row found) {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("label", found.label());
    facts.put("status", found.status().name().toLowerCase(Locale.ROOT));
    facts.put("shadowed", found.shadowed());
    facts.put("fired", found.fired());
    Optional<Interval> rate = found.rate();
    facts.put("rateLow", rate.map(Interval::low).orElse(null));
    facts.put("rateHigh", rate.map(Interval::high).orElse(null));
    facts.put("agreed", found.agreed());
    facts.put("alone", found.alone());
    facts.put("missed", found.missed().orElse(null));
    facts.put("acted", found.acted());
    facts.put("actedFired", found.actedFired());
    facts.put("examples", found.examples());
    return facts;
  }
}
