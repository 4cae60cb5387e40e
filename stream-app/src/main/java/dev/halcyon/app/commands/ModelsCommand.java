package dev.halcyon.app.commands;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Models: which there are, fetching, checking, describing, measuring and comparing them. */
@Command(
    name = "models",
    description = {
      "Fetch, check, describe and compare models.",
      "list, pull NAME, check DIR; then engine.modelDirectory: DIR, and docs/models.md for a swap."
    },
    subcommands = {
      ModelsList.class,
      ModelsPull.class,
      ModelsCheck.class,
      ModelsCard.class,
      ModelsBench.class,
      ModelsCompare.class
    },
    synopsisSubcommandLabel = "COMMAND",
    mixinStandardHelpOptions = true)
public final class ModelsCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Say what to do with models");
  }
}
