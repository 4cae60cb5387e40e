package dev.halcyon.app.commands;

import dev.halcyon.labels.LabelSetSchema;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The JSON Schema of label packs. */
@Command(
    name = "schema",
    description = {
      "Print the JSON Schema of label sets, for editors to complete and check files by.",
      "Name it in a file's first line: # yaml-language-server: $schema=FILE"
    },
    mixinStandardHelpOptions = true)
final class LabelsSchema implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    out.print(LabelSetSchema.json());
    out.flush();
    return ExitCode.OK;
  }
}
