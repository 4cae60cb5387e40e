package dev.halcyon.app;

import java.nio.file.Path;

/** Where the program is installed: relative paths of the configuration start there. */
public final class Home {
  private static final String PROPERTY = "halcyon.home";

  private Home() {}

  /** The installation: what the launcher says, else the working directory. */
  public static Path path() {
    return Path.of(System.getProperty(PROPERTY, "")).toAbsolutePath().normalize();
  }

  /** A path of the configuration. */
  public static Path resolve(String path) {
    return path().resolve(path);
  }
}
