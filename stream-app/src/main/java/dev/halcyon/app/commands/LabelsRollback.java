package dev.halcyon.app.commands;

import dev.halcyon.app.labels.LabelSetStore;
import dev.halcyon.app.labels.StoredVersion;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Puts an earlier version of a label set in force again. */
@Command(
    name = "rollback",
    description = "Put an earlier version of a label set in force again, as a new version.",
    mixinStandardHelpOptions = true)
final class LabelsRollback implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "NAME", description = "Name of the set.")
  private String name;

  @Option(
      names = "--to",
      required = true,
      paramLabel = "VERSION",
      description = "The version to go back to.")
  private int to;

  @Mixin private WhoAndWhy because;

  @Option(
      names = "--wait",
      description = "Wait until every instance has it, and show how they stand.")
  private boolean wait;

  @Mixin private ConfigOption config;

  @Override
  public Integer call() {
    try (LabelTopics topics = LabelTopics.open(config.load())) {
      LabelSetStore store = topics.store();
      StoredVersion earlier = StoredLabelSets.get(store, name, Optional.of(to));
      Optional<Integer> base = store.get(name).map(StoredVersion::version);
      return new PublishReport(
              spec.commandLine().getOut(),
              spec.commandLine().getErr(),
              wait ? Optional.of(new FleetWait(topics)) : Optional.empty())
          .publish(
              store,
              new LabelSetStore.Change(
                  StoredLabelSets.labelSet(earlier),
                  base,
                  because.author(),
                  because.reason(),
                  earlier.waiver(),
                  earlier.gateWaiver()));
    }
  }
}
