package dev.halcyon.clip;

import dev.halcyon.clip.decode.DecodeLimits;
import dev.halcyon.clip.fetch.FetchSettings;
import java.util.Objects;

/**
 * How images are brought to the model.
 *
 * @param preprocessThreads threads that decode and preprocess; 0 takes one a processor
 * @param decode limits on one encoded image
 * @param fetch what may be fetched
 * @param maxFetchedImages most remote images being fetched or waiting to be decoded; more stay URIs
 * @param maxFetchedBytes encoded bytes of fetched images waiting to be decoded above which no
 *     further fetch starts
 * @param cacheBytes memory for evidence of images seen before, by content; 0 keeps none
 */
public record AnalyzerSettings(
    int preprocessThreads,
    DecodeLimits decode,
    FetchSettings fetch,
    int maxFetchedImages,
    long maxFetchedBytes,
    long cacheBytes) {
  public AnalyzerSettings {
    Objects.requireNonNull(decode, "decode");
    Objects.requireNonNull(fetch, "fetch");
    check(
        preprocessThreads >= 0 && preprocessThreads <= 1024,
        "preprocessThreads",
        preprocessThreads,
        "give 0 to 1024");
    check(maxFetchedImages >= 1, "maxFetchedImages", maxFetchedImages, "give 1 or more");
    check(maxFetchedBytes >= 1, "maxFetchedBytes", maxFetchedBytes, "give 1 or more");
    check(cacheBytes >= 0, "cacheBytes", cacheBytes, "give 0 or more");
  }

  /** What suits most machines: 64 MiB of evidence is about 25,000 images of 512 dimensions. */
  public static AnalyzerSettings defaults() {
    return new AnalyzerSettings(
        0, DecodeLimits.DEFAULT, FetchSettings.defaults(), 256, 256L << 20, 64L << 20);
  }

  private static void check(boolean valid, String name, long value, String remedy) {
    if (!valid) {
      throw new IllegalArgumentException(name + " " + value + " is out of range: " + remedy);
    }
  }
}
