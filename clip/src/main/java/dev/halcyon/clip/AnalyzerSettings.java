package dev.halcyon.clip;

import dev.halcyon.clip.decode.DecodeLimits;
import dev.halcyon.clip.fetch.FetchSettings;
import java.util.Objects;

/**
 * How images are brought to the model.
 *
 * @param preprocessThreads threads that decode and preprocess; 0 takes one a processor
 * @param tileAspect longer side over shorter side from above which a picture that the model would
 *     crop is also looked at in overlapping squares; at least 1, or 0 for never
 * @param animationFrames most frames of an animation that are looked at, evenly spaced, 1 to
 *     {@value #MOST_FRAMES}; 1 is the first alone
 * @param decode limits on one encoded image
 * @param fetch what may be fetched
 * @param maxFetchedImages most remote images being fetched or waiting to be decoded; more stay URIs
 * @param maxFetchedBytes encoded bytes of fetched images waiting to be decoded above which no
 *     further fetch starts
 * @param cacheBytes memory for evidence of images seen before, by content; 0 keeps none
 * @param text how written text is looked for
 */
public record AnalyzerSettings(
    int preprocessThreads,
    double tileAspect,
    int animationFrames,
    DecodeLimits decode,
    FetchSettings fetch,
    int maxFetchedImages,
    long maxFetchedBytes,
    long cacheBytes,
    TextSettings text) {
  private static final int MOST_FRAMES = 16;

  public AnalyzerSettings {
    Objects.requireNonNull(decode, "decode");
    Objects.requireNonNull(fetch, "fetch");
    Objects.requireNonNull(text, "text");
    check(
        preprocessThreads >= 0 && preprocessThreads <= 1024,
        "preprocessThreads",
        preprocessThreads,
        "give 0 to 1024");
    check(
        tileAspect == 0 || (tileAspect >= 1 && Double.isFinite(tileAspect)),
        "tileAspect",
        tileAspect,
        "give 1 or more, or 0 for never");
    check(
        animationFrames >= 1 && animationFrames <= MOST_FRAMES,
        "animationFrames",
        animationFrames,
        "give 1 to " + MOST_FRAMES);
    check(maxFetchedImages >= 1, "maxFetchedImages", maxFetchedImages, "give 1 or more");
    check(maxFetchedBytes >= 1, "maxFetchedBytes", maxFetchedBytes, "give 1 or more");
    check(cacheBytes >= 0, "cacheBytes", cacheBytes, "give 0 or more");
  }

  /** What suits most machines: 64 MiB of evidence is about 25,000 images of 512 dimensions. */
  public static AnalyzerSettings defaults() {
    return new AnalyzerSettings(
        0,
        1.5,
        1,
        DecodeLimits.DEFAULT,
        FetchSettings.defaults(),
        256,
        256L << 20,
        64L << 20,
        TextSettings.defaults());
  }

  /** The same with other parts of a picture looked at, and other frames of an animation. */
  public AnalyzerSettings withParts(double otherTileAspect, int otherAnimationFrames) {
    return new AnalyzerSettings(
        preprocessThreads,
        otherTileAspect,
        otherAnimationFrames,
        decode,
        fetch,
        maxFetchedImages,
        maxFetchedBytes,
        cacheBytes,
        text);
  }

  /** The same with another memory for evidence. */
  public AnalyzerSettings withCacheBytes(long other) {
    return new AnalyzerSettings(
        preprocessThreads,
        tileAspect,
        animationFrames,
        decode,
        fetch,
        maxFetchedImages,
        maxFetchedBytes,
        other,
        text);
  }

  /** The same with text looked for in another way. */
  public AnalyzerSettings withText(TextSettings other) {
    return new AnalyzerSettings(
        preprocessThreads,
        tileAspect,
        animationFrames,
        decode,
        fetch,
        maxFetchedImages,
        maxFetchedBytes,
        cacheBytes,
        other);
  }

  private static void check(boolean valid, String name, Number value, String remedy) {
    if (!valid) {
      throw new IllegalArgumentException(name + " " + value + " is out of range: " + remedy);
    }
  }
}
