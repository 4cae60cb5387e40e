package dev.halcyon.app.config;

import java.time.Duration;

/**
 * How rates by label and surface are reported, and canary pictures taken. Whether they are at all
 * is {@code topics.biasReported}.
 *
 * @param window length of the windows rates are counted in
 * @param minImages fewest images in each of two windows before their scores are compared
 * @param canaries folder of the canary pictures this instance knows
 */
public record BiasConfig(
    @Setting("Length of the windows in which rates by label and surface are counted, 1s to 1d.")
        Duration window,
    @Setting("Fewest images in each of two windows before their scores are compared for drift.")
        int minImages,
    @Setting(
            "Folder of the canary pictures this instance knows by their bytes. An upload marked as"
                + " a canary whose picture is not among them is rejected. Relative paths start at"
                + " the installation.")
        String canaries) {
  public BiasConfig {
    if (window.compareTo(Duration.ofSeconds(1)) < 0 || window.compareTo(Duration.ofDays(1)) > 0) {
      throw new ConfigException("window " + Durations.format(window) + " is outside 1s to 1d");
    }
    if (minImages < 1) {
      throw new ConfigException("minImages " + minImages + " is below 1");
    }
  }

  public static BiasConfig defaults() {
    return new BiasConfig(Duration.ofMinutes(10), 200, "canaries");
  }
}
