package dev.halcyon.clip;

import java.nio.file.Path;

/** Where the model that ships with the project lies. */
public final class StarterModel {
  private StarterModel() {}

  public static Path directory() {
    return Path.of(System.getProperty("halcyon.home"), "starter-model", "model");
  }
}
