package dev.halcyon.app.config;

import java.net.URI;

/** Where models are fetched from and kept. */
public record ModelsConfig(
    @Setting(
            "Folder that 'halcyon models pull' puts models into. A relative path starts at the"
                + " installation.")
        String directory,
    @Setting(
            "Address that repositories are fetched from, laid out as Hugging Face lays them out:"
                + " a mirror inside a closed network.")
        String mirror,
    @Setting(
            "Folder with files at REPOSITORY/REVISION/PATH, read before the network and added to;"
                + " empty uses none. With --offline it is the only source.")
        String cache) {
  public ModelsConfig {
    if (directory.isBlank()) {
      throw new ConfigException("directory is empty; name the folder of models");
    }
    requireAddress(mirror);
  }

  public static ModelsConfig defaults() {
    return new ModelsConfig("models", "https://huggingface.co", "");
  }

  private static void requireAddress(String mirror) {
    URI uri;
    try {
      uri = URI.create(mirror);
    } catch (IllegalArgumentException e) {
      throw new ConfigException("mirror \"" + mirror + "\" is no address; write https://HOST/PATH");
    }
    if (uri.getHost() == null
        || !("https".equals(uri.getScheme()) || "http".equals(uri.getScheme()))) {
      throw new ConfigException("mirror \"" + mirror + "\" is no address; write https://HOST/PATH");
    }
  }
}
