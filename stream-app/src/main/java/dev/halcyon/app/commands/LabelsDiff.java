package dev.halcyon.app.commands;

import dev.halcyon.app.config.AppConfig;
import dev.halcyon.app.console.Terminal;
import dev.halcyon.labels.ChangeText;
import dev.halcyon.labels.LabelSetDiff;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What changes from one label set to another. */
@Command(
    name = "diff",
    description = {
      "What changes from one label set to another.",
      "Each side is a FILE, a NAME in force, or NAME@VERSION."
    },
    mixinStandardHelpOptions = true)
final class LabelsDiff implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "BEFORE", description = "FILE, NAME or NAME@VERSION.")
  private String before;

  @Parameters(paramLabel = "AFTER", description = "FILE, NAME or NAME@VERSION.")
  private String after;

  @Mixin private ConfigOption config;

  @Override
  public Integer call() {
    AppConfig app = config.load();
    PrintWriter out = spec.commandLine().getOut();
    out.print(
        ChangeText.render(
            LabelSetDiff.between(
                SourceSet.open(before, app).set(), SourceSet.open(after, app).set()),
            Terminal.wantsColours()));
    out.flush();
    return ExitCode.OK;
  }
}
