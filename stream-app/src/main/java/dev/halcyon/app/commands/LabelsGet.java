package dev.halcyon.app.commands;

import dev.halcyon.app.labels.StoredVersion;
import java.io.PrintWriter;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** One label set, to be read or edited. */
@Command(name = "get", description = "Print a label set, to be edited and applied again.")
final class LabelsGet implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "NAME", description = "Name of the set.")
  private String name;

  @Option(
      names = "--version",
      paramLabel = "N",
      description = "That version instead of the one in force.")
  private Integer version;

  // The standard help options would take --version for the program's.
  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help message and exit.")
  @SuppressWarnings("UnusedVariable") // read by picocli alone
  private boolean help;

  @Mixin private ConfigOption config;
  @Mixin private JsonOption json;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    try (LabelTopics topics = LabelTopics.open(config.load())) {
      StoredVersion stored =
          StoredLabelSets.get(topics.store(), name, Optional.ofNullable(version));
      if (json.wanted()) {
        out.println(stored.document());
      } else {
        out.print(LabelSetFile.write(stored));
      }
      out.flush();
      return ExitCode.OK;
    }
  }
}
