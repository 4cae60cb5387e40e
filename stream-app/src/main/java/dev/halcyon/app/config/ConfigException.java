package dev.halcyon.app.config;

/** The configuration cannot be used. The message names the setting, its value and the remedy. */
public final class ConfigException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public ConfigException(String message) {
    super(message);
  }
}
