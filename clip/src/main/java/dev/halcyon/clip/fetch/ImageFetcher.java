package dev.halcyon.clip.fetch;

import dev.halcyon.clip.RejectReason;
import dev.halcyon.clip.RejectedImageException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Fetches encoded images. Safe for use by any number of threads.
 *
 * <p>The futures complete with the whole image in a heap buffer, or exceptionally with {@link
 * RejectedImageException}: FETCH_FORBIDDEN where the settings do not allow the URI or an address it
 * leads to, FETCH_FAILED, TIMED_OUT or TOO_MANY_BYTES. They complete on a thread of the fetcher,
 * which dependents must not hold up. A slow host delays only its own fetches, up to {@link
 * FetchSettings#maxConcurrent()} at once; cancelling a future ends its fetch.
 *
 * <p>What passes by itself (a failed look-up, a broken connection, status 429, 502, 503 or 504) is
 * tried again, twice at most, within the total time-out.
 *
 * <p>Every connection is made to the very addresses that were checked, so that a name which
 * resolves to something else a moment later gains nothing. Proxies set in the environment are not
 * used, since they would do the looking up. Neither messages nor logs carry a path, a query or
 * credentials.
 */
public final class ImageFetcher implements AutoCloseable {
  private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
  private static final Duration IDLE = Duration.ofSeconds(30);

  private final FetchSettings settings;
  private final FileSource files;
  private final HttpSource http;
  private final ThreadPoolExecutor workers;
  private final ScheduledThreadPoolExecutor timer;
  private final Set<Pending> pending = ConcurrentHashMap.newKeySet();

  /** One future that has not completed; equal to itself alone. */
  private static final class Pending {
    final CompletableFuture<ByteBuffer> future = new CompletableFuture<>();
  }

  public ImageFetcher(FetchSettings settings) {
    this(settings, InetAddress::getAllByName, FIRST_PAUSE);
  }

  ImageFetcher(FetchSettings settings, FetchGuard.Resolver resolver, Duration firstPause) {
    this.settings = Objects.requireNonNull(settings, "settings");
    this.files = new FileSource(settings.fileRoots(), settings.maxBytes());
    this.http = new HttpSource(settings, new FetchGuard(settings, resolver), firstPause);
    this.workers =
        new ThreadPoolExecutor(
            settings.maxConcurrent(),
            settings.maxConcurrent(),
            IDLE.toMillis(),
            TimeUnit.MILLISECONDS,
            new LinkedBlockingQueue<>(),
            threads("halcyon-fetch-"));
    workers.allowCoreThreadTimeOut(true);
    this.timer = new ScheduledThreadPoolExecutor(1, threads("halcyon-fetch-timer-"));
    timer.setRemoveOnCancelPolicy(true);
  }

  private static ThreadFactory threads(String prefix) {
    AtomicInteger count = new AtomicInteger();
    return task -> {
      Thread thread = new Thread(task, prefix + count.incrementAndGet());
      thread.setDaemon(true);
      return thread;
    };
  }

  /**
   * Starts one fetch; never blocks. What waits is not bounded here: that is the caller's part.
   *
   * @param uri absolute; http, https, or file where the settings allow it
   */
  public CompletableFuture<ByteBuffer> fetch(URI uri) {
    Objects.requireNonNull(uri, "uri");
    Pending fetched = new Pending();
    CompletableFuture<ByteBuffer> future = fetched.future;
    pending.add(fetched);
    future.whenComplete((bytes, failure) -> pending.remove(fetched));
    try {
      if ("file".equalsIgnoreCase(uri.getScheme())) {
        workers.execute(() -> complete(future, () -> files.read(uri)));
      } else {
        HttpFetch fetch = http.start(uri, future);
        workers.execute(() -> begin(fetch, future));
      }
    } catch (RejectedExecutionException e) {
      future.completeExceptionally(new CancellationException("the fetcher is closed"));
    }
    return future;
  }

  private void begin(HttpFetch fetch, CompletableFuture<ByteBuffer> future) {
    if (future.isDone()) {
      return;
    }
    var deadline =
        timer.schedule(
            () -> future.completeExceptionally(timedOut()),
            settings.totalTimeout().toNanos(),
            TimeUnit.NANOSECONDS);
    future.whenComplete((bytes, failure) -> deadline.cancel(false));
    attempt(fetch, future);
  }

  private void attempt(HttpFetch fetch, CompletableFuture<ByteBuffer> future) {
    complete(
        future,
        () -> {
          try {
            return fetch.attempt();
          } catch (HttpFetch.PassingException e) {
            timer.schedule(
                () -> workers.execute(() -> attempt(fetch, future)),
                e.retryAfter().toNanos(),
                TimeUnit.NANOSECONDS);
            return null;
          }
        });
  }

  @FunctionalInterface
  private interface Work {
    /** The image, or null where the fetch goes on elsewhere. */
    ByteBuffer run() throws Exception;
  }

  private static void complete(CompletableFuture<ByteBuffer> future, Work work) {
    try {
      ByteBuffer bytes = work.run();
      if (bytes != null) {
        future.complete(bytes);
      }
    } catch (Throwable e) {
      // Nothing may leave a future open.
      future.completeExceptionally(e);
    }
  }

  private RejectedImageException timedOut() {
    return new RejectedImageException(
        RejectReason.TIMED_OUT,
        "fetching took longer than the %d ms of totalTimeout"
            .formatted(settings.totalTimeout().toMillis()));
  }

  static RejectedImageException tooManyBytes(int maxBytes) {
    return new RejectedImageException(
        RejectReason.TOO_MANY_BYTES, "the image has more than %d bytes".formatted(maxBytes));
  }

  /** Stops all fetches; futures still open complete with a CancellationException. */
  @Override
  public void close() {
    workers.shutdownNow();
    timer.shutdownNow();
    for (Pending fetch : pending) {
      fetch.future.completeExceptionally(new CancellationException("the fetcher is closed"));
    }
    http.close();
  }
}
