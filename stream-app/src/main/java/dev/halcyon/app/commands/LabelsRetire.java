package dev.halcyon.app.commands;

import dev.halcyon.app.labels.LabelSetStore;
import dev.halcyon.app.labels.PublishResult;
import dev.halcyon.app.labels.StoredVersion;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Takes a label set out of force. */
@Command(
    name = "retire",
    description = {
      "Take a label set out of force; its history stays, and rollback brings it back.",
      "Its surfaces are decided by the set that names none, from then on."
    },
    mixinStandardHelpOptions = true)
final class LabelsRetire implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "NAME", description = "Name of the set.")
  private String name;

  @Mixin private WhoAndWhy because;
  @Mixin private ConfigOption config;

  @Override
  public Integer call() {
    try (LabelTopics topics = LabelTopics.open(config.load())) {
      LabelSetStore store = topics.store();
      StoredVersion current = StoredLabelSets.get(store, name, Optional.empty());
      PublishResult result =
          store.retire(name, current.version(), because.author(), because.reason());
      if (result instanceof PublishResult.Conflict conflict) {
        new PublishReport(spec.commandLine().getOut(), spec.commandLine().getErr())
            .conflict(store, name, Optional.of(current.version()), conflict.current());
        return ExitCode.CONFLICT;
      }
      spec.commandLine()
          .getOut()
          .println(
              name
                  + ": version "
                  + current.version()
                  + " is retired; bring it back with: halcyon labels rollback "
                  + name
                  + " --to "
                  + current.version()
                  + " --reason TEXT");
      return ExitCode.OK;
    }
  }
}
