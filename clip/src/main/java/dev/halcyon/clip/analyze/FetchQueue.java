package dev.halcyon.clip.analyze;

import dev.halcyon.clip.EngineObserver;
import dev.halcyon.clip.RejectReason;
import dev.halcyon.clip.RejectedImageException;
import dev.halcyon.clip.fetch.ImageFetcher;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Lets fetches start only while little enough is fetched and not yet decoded, so that a fast
 * network before a slow device does not fill the heap. What waits here is URIs. A slow fetch holds
 * one of many places, and nobody waits behind it. Safe for use by any thread; never blocks.
 */
final class FetchQueue implements AutoCloseable {
  /** Told how a fetch ended. Called on a thread of the fetcher. */
  interface Receiver {
    /** The image arrived; the hold is to be released when its bytes are needed no more. */
    void arrived(ByteBuffer bytes, Hold hold);

    void failed(Throwable failure);
  }

  /** The room one image takes in here. */
  final class Hold {
    private final AtomicBoolean released = new AtomicBoolean();
    private long bytes;

    private Hold() {}

    void release() {
      if (released.compareAndSet(false, true)) {
        synchronized (FetchQueue.this) {
          images--;
          heldBytes -= bytes;
        }
        startNext();
      }
    }
  }

  private record Waiting(URI uri, Receiver receiver) {}

  private final ImageFetcher fetcher;
  private final int maxImages;
  private final long maxBytes;
  private final EngineObserver observer;
  private final Deque<Waiting> waiting = new ArrayDeque<>();
  private int images;
  private long heldBytes;
  private boolean closed;

  FetchQueue(ImageFetcher fetcher, int maxImages, long maxBytes, EngineObserver observer) {
    this.fetcher = fetcher;
    this.maxImages = maxImages;
    this.maxBytes = maxBytes;
    this.observer = observer;
  }

  void fetch(URI uri, Receiver receiver) {
    synchronized (this) {
      waiting.add(new Waiting(uri, receiver));
    }
    startNext();
  }

  private void startNext() {
    while (true) {
      Waiting next;
      synchronized (this) {
        if (closed || waiting.isEmpty() || images >= maxImages || heldBytes >= maxBytes) {
          return;
        }
        next = waiting.remove();
        images++;
      }
      start(next.uri(), next.receiver());
    }
  }

  private void start(URI uri, Receiver receiver) {
    Hold hold = new Hold();
    long startedNanos = System.nanoTime();
    CompletableFuture<ByteBuffer> fetched;
    try {
      fetched = fetcher.fetch(uri);
    } catch (RuntimeException e) {
      fetched = CompletableFuture.failedFuture(e);
    }
    fetched.whenComplete(
        (bytes, failure) -> {
          if (failure != null) {
            hold.release();
            receiver.failed(known(failure));
            return;
          }
          synchronized (this) {
            hold.bytes = bytes.remaining();
            heldBytes += hold.bytes;
          }
          observer.fetched(bytes.remaining(), System.nanoTime() - startedNanos);
          receiver.arrived(bytes, hold);
        });
  }

  /** A URI that trips the fetcher must not stop the stream, whatever it trips over. */
  private static Throwable known(Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    return cause instanceof RejectedImageException || cause instanceof CancellationException
        ? cause
        : new RejectedImageException(
            RejectReason.FETCH_FAILED, "the image cannot be fetched: " + cause);
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      waiting.clear();
    }
    fetcher.close();
  }
}
