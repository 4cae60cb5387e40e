package dev.halcyon.app.commands;

import dev.halcyon.app.labels.LabelSetStore;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The label sets in force. */
@Command(name = "list", description = "The label sets in force.", mixinStandardHelpOptions = true)
final class LabelsList implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private ConfigOption config;
  @Mixin private JsonOption json;

  @Override
  public Integer call() {
    try (LabelTopics topics = LabelTopics.open(config.load())) {
      LabelSetStore.Contents contents = topics.store().contents();
      Rows.print(
          spec.commandLine().getOut(),
          contents.sets().values().stream().map(StoredLabelSets::summary).toList(),
          json.wanted());
      PrintWriter err = spec.commandLine().getErr();
      contents
          .problems()
          .forEach((key, problem) -> err.println("halcyon: " + key + ": " + problem));
      return ExitCode.OK;
    }
  }
}
