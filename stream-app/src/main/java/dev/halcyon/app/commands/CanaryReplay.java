package dev.halcyon.app.commands;

import dev.halcyon.app.Home;
import dev.halcyon.app.audit.AuditText;
import dev.halcyon.app.audit.CanarySet;
import dev.halcyon.app.audit.Finding;
import dev.halcyon.app.audit.GroupCount;
import dev.halcyon.app.audit.GroupRates;
import dev.halcyon.app.audit.PictureReport;
import dev.halcyon.app.config.AppConfig;
import dev.halcyon.app.config.Durations;
import dev.halcyon.app.console.Progress;
import dev.halcyon.app.console.Terminal;
import dev.halcyon.app.topology.CanaryMark;
import dev.halcyon.events.BiasFinding;
import dev.halcyon.events.BiasReport;
import dev.halcyon.events.wire.EventSerdes;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Sends canary pictures through the stream. */
@Command(
    name = "replay",
    description = {
      "Send canary pictures through the upload topic, and show the rates by group the stream"
          + " reports on them.",
      "They lead to no tag, alert or evidence. Every instance must know the same pictures"
          + " (bias.canaries); a marked upload it does not know is rejected.",
      "Exit code 1: a rate is beyond a limit of the label set, or no report came."
    },
    mixinStandardHelpOptions = true)
final class CanaryReplay implements Callable<Integer> {
  private static final Duration POLL = Duration.ofMillis(200);

  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "DIR",
      arity = "0..1",
      description = "Folder with manifest.json; bias.canaries of the configuration where absent.")
  private Path folder;

  @Option(
      names = "--surface",
      paramLabel = "NAME",
      description = "Decide as for uploads of this surface.")
  private String surface;

  @Option(
      names = "--run",
      paramLabel = "NAME",
      description = "Name of the replay in the reports; the time where absent.")
  private String run;

  @Option(
      names = "--patience",
      paramLabel = "DURATION",
      defaultValue = "5m",
      description = "How long to wait for the reports; default ${DEFAULT-VALUE}.")
  private String patience;

  @Mixin private ConfigOption config;
  @Mixin private JsonOption json;

  @Override
  public Integer call() {
    AppConfig app = config.load();
    if (!app.topics().biasReported()) {
      throw new BadInputException(
          "topics.biasReported is off, so that the stream takes no canary pictures; switch it on"
              + " for every instance");
    }
    Duration wait = Durations.parse(patience);
    Path pictures = folder == null ? Home.resolve(app.bias().canaries()) : folder;
    CanarySet canaries = CanarySet.read(pictures);
    String name = run == null ? "run-" + Instant.now().truncatedTo(ChronoUnit.SECONDS) : run;
    try (EventSerdes serdes =
            new EventSerdes(
                app.serdes().serializer(),
                app.serdes().deserializer(),
                app.serdes().clientProperties());
        CanaryReportReader reports = new CanaryReportReader(app, serdes, name)) {
      send(app, serdes, pictures, canaries, name);
      return show(canaries, await(canaries, reports, wait), wait);
    }
  }

  private void send(
      AppConfig app, EventSerdes serdes, Path pictures, CanarySet canaries, String name) {
    List<CompletableFuture<Void>> sent = new ArrayList<>();
    try (UploadProducer producer = new UploadProducer(app, serdes);
        Progress progress = progress("pictures sent", canaries.pictures().size())) {
      for (CanarySet.Picture picture : canaries.pictures()) {
        sent.add(
            producer.publish(
                "canary-" + name + "-" + picture.sha256().substring(0, 16),
                pictures.resolve(picture.file()),
                Optional.ofNullable(surface),
                Map.of(CanaryMark.ATTRIBUTE, name)));
        progress.at(sent.size());
      }
      sent.forEach(CompletableFuture::join);
    }
  }

  /** The last report of each label and axis, once they are of all pictures or patience is over. */
  private List<BiasReport> await(CanarySet canaries, CanaryReportReader reports, Duration wait) {
    Map<String, Long> expected = new TreeMap<>();
    canaries
        .pictures()
        .forEach(
            picture ->
                picture.groups().keySet().forEach(axis -> expected.merge(axis, 1L, Long::sum)));
    Map<String, BiasReport> latest = new TreeMap<>();
    long end = System.nanoTime() + wait.toNanos();
    try (Progress progress = progress("pictures reported", canaries.pictures().size())) {
      while (System.nanoTime() - end < 0) {
        for (BiasReport report : reports.poll(POLL)) {
          latest.put(report.getLabel() + "/" + report.getCanary().getAxis(), report);
        }
        progress.at(latest.values().stream().mapToLong(BiasReport::getImages).max().orElse(0));
        boolean complete =
            !latest.isEmpty()
                && latest.values().stream()
                    .allMatch(
                        report ->
                            report.getImages()
                                == expected.getOrDefault(report.getCanary().getAxis(), 0L));
        if (complete) {
          break;
        }
      }
    }
    return List.copyOf(latest.values());
  }

  private int show(CanarySet canaries, List<BiasReport> reports, Duration wait) {
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    if (reports.isEmpty()) {
      err.println(
          "halcyon: no report came within "
              + Durations.format(wait)
              + "; is the stream running, with topics.biasReported on and the same bias.canaries?"
              + " Unknown pictures are in the reject topic. A label set without limits on rates,"
              + " of which no label fires, has nothing to report.");
      err.flush();
      return ExitCode.FAILED;
    }
    List<Finding> findings = reports.stream().flatMap(CanaryReplay::findings).toList();
    if (json.wanted()) {
      reports.forEach(out::println);
    } else {
      long images = reports.stream().mapToLong(BiasReport::getImages).max().orElse(0);
      out.println(
          images
              + " of "
              + canaries.pictures().size()
              + " canary pictures ("
              + canaries.id()
              + ") decided by "
              + reports.get(0).getLabelSet()
              + " version "
              + reports.get(0).getLastVersion()
              + ".");
      out.println("Whether the model tells the groups apart: halcyon labels audit --canaries.");
      out.println();
      AuditText text = new AuditText(Terminal.wantsColours());
      out.print(
          text.pictures(
              new PictureReport(
                  canaries.id(),
                  Math.toIntExact(images),
                  0,
                  List.of(),
                  rates(reports),
                  List.of())));
      out.println();
      out.print(text.findings(findings));
    }
    out.flush();
    return findings.isEmpty() ? ExitCode.OK : ExitCode.FAILED;
  }

  private static List<PictureReport.LabelRates> rates(List<BiasReport> reports) {
    return reports.stream()
        .flatMap(
            report ->
                GroupRates.of(
                    report.getCanary().getAxis(),
                    report.getCanary().getGroups().stream()
                        .map(
                            group ->
                                new GroupCount(
                                    group.getGroup(),
                                    group.getImages(),
                                    group.getFired(),
                                    group.getShown(),
                                    group.getFound()))
                        .toList())
                    .map(rates -> new PictureReport.LabelRates(report.getLabel(), rates, false))
                    .stream())
        .toList();
  }

  private static java.util.stream.Stream<Finding> findings(BiasReport report) {
    return report.getFindings().stream().map(finding -> finding(report, finding));
  }

  private static Finding finding(BiasReport report, BiasFinding finding) {
    return new Finding(
        report.getLabel(),
        Finding.Kind.valueOf(finding.getKind().replace('-', '_').toUpperCase(Locale.ROOT)),
        Finding.Level.BEYOND,
        finding.getSentence(),
        finding.getRemedy());
  }

  private Progress progress(String what, long total) {
    return new Progress(
        System.err, Terminal.isTerminal() && !json.wanted(), what, total, System::nanoTime);
  }
}
