package dev.halcyon.app.config;

import dev.halcyon.clip.AnalyzerSettings;
import dev.halcyon.clip.decode.DecodeLimits;

/** How images are brought to the model; see {@link AnalyzerSettings}. */
public record ImagesConfig(
    @Setting("Most encoded bytes of an image, at least 1.") int maxBytes,
    @Setting("Most pixels of an image, width times height, as its header states; at least 1.")
        long maxPixels,
    @Setting("Threads that decode and preprocess; 0 takes one a processor.") int preprocessThreads,
    @Setting(
            "A picture whose longer side exceeds this many times its shorter one is also looked at"
                + " in overlapping squares, so that nothing hides beside the centre crop; 0 never"
                + " does. Models that take the whole picture are not concerned.")
        double tileAspect,
    @Setting(
            "Most frames of an animation that are looked at, evenly spaced, 1 to 16; 1 is the first"
                + " alone. All that are decoded count against maxPixels together.")
        int animationFrames,
    @Setting(
            "Memory in bytes for evidence of images seen before, by content: the same bytes again"
                + " cost no GPU. 0 keeps none.")
        long cacheBytes,
    @Setting("Written text in images.") TextConfig text) {
  public ImagesConfig {
    settings(
        maxBytes,
        maxPixels,
        preprocessThreads,
        tileAspect,
        animationFrames,
        cacheBytes,
        FetchConfig.defaults(),
        text);
  }

  public static ImagesConfig defaults() {
    AnalyzerSettings settings = AnalyzerSettings.defaults();
    return new ImagesConfig(
        settings.decode().maxBytes(),
        settings.decode().maxPixels(),
        settings.preprocessThreads(),
        settings.tileAspect(),
        settings.animationFrames(),
        settings.cacheBytes(),
        TextConfig.defaults());
  }

  /** The analyzer's settings. */
  public AnalyzerSettings settings(FetchConfig fetch) {
    return settings(
        maxBytes,
        maxPixels,
        preprocessThreads,
        tileAspect,
        animationFrames,
        cacheBytes,
        fetch,
        text);
  }

  private static AnalyzerSettings settings(
      int maxBytes,
      long maxPixels,
      int preprocessThreads,
      double tileAspect,
      int animationFrames,
      long cacheBytes,
      FetchConfig fetch,
      TextConfig text) {
    AnalyzerSettings defaults = AnalyzerSettings.defaults();
    return new AnalyzerSettings(
        preprocessThreads,
        tileAspect,
        animationFrames,
        new DecodeLimits(maxBytes, maxPixels, maxPixels),
        fetch.settings(maxBytes),
        defaults.maxFetchedImages(),
        defaults.maxFetchedBytes(),
        cacheBytes,
        text.settings());
  }
}
