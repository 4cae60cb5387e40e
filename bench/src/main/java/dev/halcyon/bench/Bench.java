package dev.halcyon.bench;

import dev.halcyon.bench.checks.Checks;
import dev.halcyon.bench.gpu.GpuCheck;
import dev.halcyon.bench.kill.KillMatrix;
import dev.halcyon.bench.peers.Peers;
import dev.halcyon.bench.preprocess.PreprocessCommand;
import dev.halcyon.bench.redecide.Redecide;
import dev.halcyon.bench.shapes.RealShapes;
import dev.halcyon.bench.throughput.Throughput;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The benches' command line; each has a script of its own in {@code bench/}. */
@Command(
    name = "bench",
    description = "Measurements side by side in one run on one machine.",
    mixinStandardHelpOptions = true,
    subcommands = {
      KillMatrix.class,
      Checks.class,
      GpuCheck.class,
      RealShapes.class,
      PreprocessCommand.class,
      Throughput.class,
      Peers.class,
      Redecide.class
    },
    synopsisSubcommandLabel = "COMMAND",
    usageHelpAutoWidth = true)
public final class Bench implements Runnable {
  @Spec private CommandSpec spec;

  private Bench() {}

  public static void main(String[] arguments) {
    System.exit(
        new CommandLine(new Bench()).setCaseInsensitiveEnumValuesAllowed(true).execute(arguments));
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Missing a command");
  }
}
