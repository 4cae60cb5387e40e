package dev.halcyon.app.commands;

import dev.halcyon.app.labels.GateWaiver;
import dev.halcyon.app.labels.StoredVersion;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Every version of a label set. */
@Command(
    name = "history",
    description = "Every version of a label set: when, who and why.",
    mixinStandardHelpOptions = true)
final class LabelsHistory implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "NAME", description = "Name of the set.")
  private String name;

  @Mixin private ConfigOption config;
  @Mixin private JsonOption json;

  @Override
  public Integer call() {
    try (LabelTopics topics = LabelTopics.open(config.load())) {
      List<StoredVersion> versions = topics.store().history(name);
      if (versions.isEmpty()) {
        throw StoredLabelSets.unknown(name, topics.store());
      }
      Rows.print(
          spec.commandLine().getOut(),
          versions.stream().map(LabelsHistory::row).toList(),
          json.wanted());
      return ExitCode.OK;
    }
  }

  private static Map<String, Object> row(StoredVersion stored) {
    Map<String, Object> row = StoredLabelSets.summary(stored);
    row.put("waiver", stored.gateWaiver().map(GateWaiver::toString).orElse(""));
    return row;
  }
}
