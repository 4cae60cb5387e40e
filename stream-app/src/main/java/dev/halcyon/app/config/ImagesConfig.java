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
            "Memory in bytes for evidence of images seen before, by content: the same bytes again"
                + " cost no GPU. 0 keeps none.")
        long cacheBytes) {
  public ImagesConfig {
    settings(maxBytes, maxPixels, preprocessThreads, cacheBytes, FetchConfig.defaults());
  }

  public static ImagesConfig defaults() {
    AnalyzerSettings settings = AnalyzerSettings.defaults();
    return new ImagesConfig(
        settings.decode().maxBytes(),
        settings.decode().maxPixels(),
        settings.preprocessThreads(),
        settings.cacheBytes());
  }

  /** The analyzer's settings. */
  public AnalyzerSettings settings(FetchConfig fetch) {
    return settings(maxBytes, maxPixels, preprocessThreads, cacheBytes, fetch);
  }

  private static AnalyzerSettings settings(
      int maxBytes, long maxPixels, int preprocessThreads, long cacheBytes, FetchConfig fetch) {
    AnalyzerSettings defaults = AnalyzerSettings.defaults();
    return new AnalyzerSettings(
        preprocessThreads,
        new DecodeLimits(maxBytes, maxPixels),
        fetch.settings(maxBytes),
        defaults.maxFetchedImages(),
        defaults.maxFetchedBytes(),
        cacheBytes);
  }
}
