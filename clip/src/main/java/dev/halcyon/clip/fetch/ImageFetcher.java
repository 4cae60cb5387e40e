package dev.halcyon.clip.fetch;

import java.net.URI;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

/**
 * Fetches encoded images. Safe for use by any number of threads.
 *
 * <p>The futures complete with the whole image in a heap buffer, or exceptionally with {@link
 * dev.halcyon.clip.RejectedImageException}: FETCH_FORBIDDEN where the settings do not allow the URI
 * or an address it leads to, FETCH_FAILED, TIMED_OUT or TOO_MANY_BYTES.
 */
public final class ImageFetcher implements AutoCloseable {
  private final FetchSettings settings;

  public ImageFetcher(FetchSettings settings) {
    this.settings = Objects.requireNonNull(settings, "settings");
  }

  /** Starts one fetch; never blocks. */
  public CompletableFuture<ByteBuffer> fetch(URI uri) {
    if (!settings.allowedSchemes().contains(uri.getScheme())) {
      return CompletableFuture.failedFuture(
          new dev.halcyon.clip.RejectedImageException(
              dev.halcyon.clip.RejectReason.FETCH_FORBIDDEN,
              "the scheme " + uri.getScheme() + " is not allowed"));
    }
    throw new UnsupportedOperationException("not wired yet: " + settings);
  }

  /** Stops all fetches; futures still open complete with a CancellationException. */
  @Override
  public void close() {}
}
