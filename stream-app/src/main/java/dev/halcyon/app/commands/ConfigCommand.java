package dev.halcyon.app.commands;

import dev.halcyon.app.config.ConfigLoader;
import dev.halcyon.app.config.ReferencePage;
import dev.halcyon.app.ops.MetersPage;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows the configuration in force, or the reference of all settings. */
@Command(
    name = "config",
    description = "Check a configuration and print it whole, with every default filled in.",
    mixinStandardHelpOptions = true)
public final class ConfigCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private ConfigOption config;

  @Option(names = "--reference", description = "Print the reference of all settings, Markdown.")
  private boolean reference;

  @Option(names = "--metrics", description = "Print the reference of all metrics, Markdown.")
  private boolean metrics;

  @Override
  public Integer call() {
    spec.commandLine().getOut().print(text());
    spec.commandLine().getOut().flush();
    return ExitCode.OK;
  }

  private String text() {
    if (reference) {
      return ReferencePage.markdown();
    }
    return metrics ? MetersPage.markdown() : new ConfigLoader().write(config.load());
  }
}
