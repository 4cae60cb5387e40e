package dev.halcyon.app.config;

import dev.halcyon.clip.TextSettings;

/** How written text is looked for; see {@link TextSettings}. */
public record TextConfig(
    @Setting(
            "Whether written text is looked for where a label set asks for it; false makes no"
                + " evidence of text, and no typographic flag.")
        boolean enabled,
    @Setting(
            "Side in pixels of the square the text detector sees a picture on, a multiple of 32"
                + " from 256 to 1536; smaller is faster and misses small writing.")
        int sidePixels,
    @Setting(
            "Pictures looked at for text side by side on the CPU; 0 takes one a processor, at most"
                + " 8. A GPU takes them in batches.")
        int threads,
    @Setting(
            "Most lines of text read in a picture, largest first, 0 to 256; with 0 it is never"
                + " claimed that text in a box made a decision.")
        int maxReadLines) {
  public TextConfig {
    new TextSettings(enabled, sidePixels, threads, maxReadLines);
  }

  public static TextConfig defaults() {
    TextSettings settings = TextSettings.defaults();
    return new TextConfig(
        settings.enabled(), settings.sidePixels(), settings.threads(), settings.maxReadLines());
  }

  /** The analyzer's settings. */
  TextSettings settings() {
    return new TextSettings(enabled, sidePixels, threads, maxReadLines);
  }
}
