package dev.halcyon.app.commands;

import dev.halcyon.app.config.AppConfig;
import dev.halcyon.app.config.ConfigLoader;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
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
    return load(Map.of());
  }

  /**
   * The configuration, with settings that an option of the command overrides.
   *
   * @param overrides values by the path of their setting
   */
  AppConfig load(Map<String, String> overrides) {
    Map<String, String> environment = new HashMap<>(System.getenv());
    overrides.forEach(
        (path, value) -> environment.put(ConfigLoader.environmentVariable(path), value));
    ConfigLoader loader = new ConfigLoader();
    return file == null ? loader.defaults(environment) : loader.load(file, environment);
  }
}
