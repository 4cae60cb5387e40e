package dev.halcyon.app.commands;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Pictures whose groups are known, sent to see how groups are treated. */
@Command(
    name = "canary",
    description = {
      "Send pictures whose groups are known, and see how differently groups are treated.",
      "The shipped ones lie in the folder canaries; docs/bias.md says how to bring your own."
    },
    subcommands = {CanaryReplay.class},
    synopsisSubcommandLabel = "COMMAND",
    mixinStandardHelpOptions = true)
public final class CanaryCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Say what to do with canary pictures");
  }
}
