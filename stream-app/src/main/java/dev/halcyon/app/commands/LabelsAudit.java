package dev.halcyon.app.commands;

import dev.halcyon.app.Home;
import dev.halcyon.app.audit.AuditJson;
import dev.halcyon.app.audit.AuditPage;
import dev.halcyon.app.audit.AuditReport;
import dev.halcyon.app.audit.AuditText;
import dev.halcyon.app.audit.CanarySet;
import dev.halcyon.app.audit.LabelSetAudit;
import dev.halcyon.app.audit.PictureAudit;
import dev.halcyon.app.audit.WrittenWordAudit;
import dev.halcyon.app.config.AppConfig;
import dev.halcyon.app.console.Progress;
import dev.halcyon.app.console.Terminal;
import dev.halcyon.app.decision.LabelSetDecider;
import dev.halcyon.app.decision.LabelSetVersion;
import dev.halcyon.app.labels.LabelSetCompiler;
import dev.halcyon.app.labels.LabelSetRefusedException;
import dev.halcyon.clip.ClipModel;
import dev.halcyon.clip.ImageAnalyzer;
import dev.halcyon.labels.LabelSet;
import dev.halcyon.labels.LabelSetWriter;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** How a label set stands to groups of people. */
@Command(
    name = "audit",
    description = {
      "Show how the words of a label set lean between groups of people in the model's space, and"
          + " what to do about it. Needs no Kafka.",
      "With --canaries also how differently it treats groups on pictures whose groups are known,"
          + " and whether a label of harm fires on its own name in writing.",
      "Exit code 1: something is beyond a limit of the pack; 'labels apply' would refuse it."
    },
    mixinStandardHelpOptions = true)
final class LabelsAudit implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "FILE", description = "YAML or JSON.")
  private Path file;

  @Option(
      names = "--canaries",
      paramLabel = "DIR",
      description = "A folder of canary pictures with its manifest.json; 'canaries' is shipped.")
  private Path canaries;

  @Option(names = "--json", description = "One JSON object a line on standard output.")
  private boolean json;

  @Option(names = "--html", paramLabel = "FILE", description = "Write a page with everything.")
  private Path html;

  @Mixin private ConfigOption config;

  @Override
  public Integer call() {
    AppConfig app = config.load();
    LabelSet set = LabelSetFile.read(file);
    AuditReport report;
    try (ClipModel model =
        ClipModel.open(Home.resolve(app.engine().modelDirectory()), app.engine().settings())) {
      LabelSetFile.requirePrompts(file, set, model);
      report = audit(set, model, app);
    }
    if (html != null) {
      AuditPage.write(html, report, Optional.ofNullable(canaries));
    }
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      AuditJson.lines(report).forEach(out::println);
    } else {
      out.print(new AuditText(Terminal.wantsColours()).render(report));
    }
    out.flush();
    return report.beyond().isEmpty() ? ExitCode.OK : ExitCode.FAILED;
  }

  private AuditReport audit(LabelSet set, ClipModel model, AppConfig app) {
    LocalDate day = LocalDate.now(ZoneOffset.UTC);
    LabelSetAudit audit = new LabelSetAudit(model.textEncoder(), model.identity());
    AuditReport report;
    try (Progress progress = progress("sentences", LabelSetAudit.sentenceCount(set))) {
      report = audit.run(set, label -> true, day, progress::at);
    }
    if (canaries == null) {
      return report;
    }
    CanarySet pictures = CanarySet.read(canaries);
    LabelSetVersion version = new LabelSetVersion(set.name(), 0, LabelSetWriter.contentHash(set));
    try (ImageAnalyzer analyzer = model.analyzer(app.images().settings(app.fetch()));
        Progress progress = progress("pictures", pictures.pictures().size())) {
      LabelSetDecider decider =
          new LabelSetDecider(
              new LabelSetCompiler(model.textEncoder(), model.identity())
                  .compile(set, version, day));
      return report.with(
          new PictureAudit(analyzer, model.textEncoder())
              .run(canaries, pictures, set, decider, label -> true, progress::at),
          new WrittenWordAudit(analyzer).run(set, decider, label -> true));
    } catch (LabelSetRefusedException e) {
      throw LabelSetFile.refused(file.toString(), e.problems());
    }
  }

  private Progress progress(String what, long total) {
    return new Progress(System.err, Terminal.isTerminal() && !json, what, total, System::nanoTime);
  }
}
