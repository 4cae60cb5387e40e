package dev.halcyon.app.commands;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What the checks make of pictures that show their point. */
@Command(
    name = "checks",
    description = "See what the checks make of pictures that show their point.",
    mixinStandardHelpOptions = true,
    subcommands = {AppleCommand.class},
    synopsisSubcommandLabel = "COMMAND")
public final class ChecksCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Missing a command: apple");
  }
}
