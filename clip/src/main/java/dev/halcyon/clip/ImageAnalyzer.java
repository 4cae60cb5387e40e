package dev.halcyon.clip;

import java.util.concurrent.CompletableFuture;

/**
 * Turns images into evidence. One for the JVM; safe for use by any number of threads.
 *
 * <p>The returned futures complete normally with {@link Evidence}, or with {@link Rejected} where
 * the image is at fault. They complete exceptionally with {@link EngineBrokenException} where the
 * engine is: then every later call fails the same way, and the program must stop. They complete on
 * an engine thread, which the caller must not hold up: no forwarding, no locks in dependents.
 */
public interface ImageAnalyzer extends AutoCloseable {
  /**
   * Starts the analysis of one image. Never blocks; bounding what is in flight is the caller's part
   * (see {@code PendingWindow}).
   */
  CompletableFuture<Outcome> analyze(ImageSource image, TextAnalysis text);

  /** The model that looks. */
  ModelIdentity model();

  /** Stops all work; futures still open complete exceptionally with a CancellationException. */
  @Override
  void close();
}
