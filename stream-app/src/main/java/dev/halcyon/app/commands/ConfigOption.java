package dev.halcyon.app.commands;

import dev.halcyon.app.config.AppConfig;
import dev.halcyon.app.config.ConfigLoader;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The option {@code --config}, for commands that work from a configuration. */
public final class ConfigOption {
  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "Configuration, YAML; what it leaves out has its default.")
  private Path file;

  /** The configuration: the file's, or the defaults, under the environment's overrides. */
  public AppConfig load() {
    ConfigLoader loader = new ConfigLoader();
    return file == null ? loader.defaults(System.getenv()) : loader.load(file, System.getenv());
  }
}
