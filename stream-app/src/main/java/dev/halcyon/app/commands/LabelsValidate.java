package dev.halcyon.app.commands;

import dev.halcyon.labels.LabelSet;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Whether a file holds a sound label set. */
@Command(
    name = "validate",
    description = {
      "Check a label set in a file, against the model's context too.",
      "Prints every problem with its path and remedy; needs no Kafka."
    },
    mixinStandardHelpOptions = true)
final class LabelsValidate implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "FILE", description = "YAML or JSON.")
  private Path file;

  @Mixin private ConfigOption config;

  @Override
  public Integer call() {
    LabelSet set = LabelSetFile.checked(file, config.load());
    spec.commandLine().getOut().println(file + ": sound, " + set.labels().size() + " labels");
    return ExitCode.OK;
  }
}
