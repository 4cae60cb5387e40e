package dev.halcyon.app.commands;

import dev.halcyon.app.config.AppConfig;
import dev.halcyon.app.labels.LabelSetStore;
import dev.halcyon.app.labels.StoredVersion;
import dev.halcyon.labels.LabelSet;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Puts a label set in force. */
@Command(
    name = "apply",
    description = {
      "Put a label set in force on every instance, without a restart.",
      "A file made by 'labels get' carries the version it was made from; where somebody else was"
          + " faster, nothing is written and their change is shown (exit code 3).",
      "What the change touches is audited first (see 'labels audit'); beyond the pack's limits it"
          + " is refused (exit code 1), unless somebody answers for it by --waiver-by."
    },
    mixinStandardHelpOptions = true)
final class LabelsApply implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "FILE", description = "YAML or JSON.")
  private Path file;

  @Mixin private WhoAndWhy because;

  @Option(
      names = "--based-on",
      paramLabel = "N",
      description = "The version the change was made from, where the file does not say.")
  private Integer basedOn;

  @Option(
      names = "--waiver",
      paramLabel = "TEXT",
      description = "Force a set calibrated for another model: who allows it, why, until when.")
  private String waiver;

  @Mixin private GateOptions gate;

  @Option(
      names = "--if-absent",
      description = "Only where no set of this name is in force; else leave it to its operators.")
  private boolean ifAbsent;

  @Option(
      names = "--wait",
      description = "Wait until every instance has it, and show how they stand.")
  private boolean wait;

  @Mixin private ConfigOption config;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    AppConfig app = config.load();
    LabelSet set = LabelSetFile.checked(file, app);
    try (LabelTopics topics = LabelTopics.open(app)) {
      LabelSetStore store = topics.store();
      Optional<Integer> base =
          Optional.ofNullable(basedOn).or(() -> LabelSetFile.basedOnVersion(file));
      Optional<StoredVersion> current = store.get(set.name());
      if (ifAbsent && current.isPresent()) {
        out.println(set.name() + ": version " + current.get().version() + " is in force and stays");
        out.flush();
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
      GateCheck.Result judged =
          new GateCheck(app, spec.commandLine().getErr()).judge(set, current, gate);
      if (!judged.passes()) {
        return ExitCode.FAILED;
      }
      return new PublishReport(
              out,
              spec.commandLine().getErr(),
              wait ? Optional.of(new FleetWait(topics)) : Optional.empty())
          .publish(
              store,
              new LabelSetStore.Change(
                  set,
                  base,
                  because.author(),
                  because.reason(),
                  Optional.ofNullable(waiver),
                  judged.waiver()));
    }
  }
}
