package dev.halcyon.clip.analyze;

import dev.halcyon.clip.AnalyzerSettings;
import dev.halcyon.clip.EngineBrokenException;
import dev.halcyon.clip.EngineObserver;
import dev.halcyon.clip.Evidence;
import dev.halcyon.clip.ImageAnalyzer;
import dev.halcyon.clip.ImageSource;
import dev.halcyon.clip.ModelIdentity;
import dev.halcyon.clip.Outcome;
import dev.halcyon.clip.RejectReason;
import dev.halcyon.clip.RejectedImageException;
import dev.halcyon.clip.TextAnalysis;
import dev.halcyon.clip.TextEvidence;
import dev.halcyon.clip.UnitVector;
import dev.halcyon.clip.batch.Batcher;
import dev.halcyon.clip.decode.DecodedImage;
import dev.halcyon.clip.decode.ImageDecoder;
import dev.halcyon.clip.decode.RgbImage;
import dev.halcyon.clip.fetch.ImageFetcher;
import dev.halcyon.clip.preprocess.Preprocessor;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Images to evidence: fetch, hash, look for evidence of the same bytes, decode, preprocess, batch.
 *
 * <h2>Threads</h2>
 *
 * <ul>
 *   <li>The caller's thread only queues.
 *   <li>Fetches run on the fetcher's threads, as many at once as {@link FetchQueue} lets.
 *   <li>A pool of preprocessing threads takes the images whose bytes are there, oldest first; each
 *       hashes, decodes, claims a place in a batch and writes the pixels into it. It holds one
 *       decoded picture at most, and waits there when the device is the slower.
 *   <li>Futures complete on the batcher's result thread, or on a preprocessing or fetcher thread
 *       where an image never came to the device.
 * </ul>
 *
 * <p>What waits in the queues is what the caller handed over: references, and inline bytes it holds
 * anyway. Fetched bytes are bounded by {@link FetchQueue}, decoded pictures by the number of
 * threads, model inputs by the batcher's memory.
 */
public final class AnalysisPipeline implements ImageAnalyzer {
  private static final Logger LOG = LoggerFactory.getLogger(AnalysisPipeline.class);

  private static final ThreadLocal<MessageDigest> SHA_256 =
      ThreadLocal.withInitial(AnalysisPipeline::sha256);

  private final ModelIdentity model;
  private final Batcher batcher;
  private final ImageDecoder decoder;
  private final Preprocessor preprocessor;
  private final AnalyzerSettings settings;
  private final TextLooker textLooker;
  private final EngineObserver observer;
  private final EvidenceCache cache;
  private final FetchQueue fetches;
  private final ThreadPoolExecutor workers;
  private final Set<CompletableFuture<Outcome>> open = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  /**
   * Makes a pipeline over a batcher, which stays the caller's to close, after this.
   *
   * @param model the model behind the batcher
   * @param preprocessor makes the model's input
   */
  public AnalysisPipeline(
      ModelIdentity model,
      Batcher batcher,
      Preprocessor preprocessor,
      TextLooker textLooker,
      AnalyzerSettings settings,
      EngineObserver observer) {
    this.model = model;
    this.batcher = batcher;
    this.preprocessor = preprocessor;
    this.settings = settings;
    this.textLooker = textLooker;
    this.observer = observer;
    this.decoder = new ImageDecoder(settings.decode());
    this.cache = new EvidenceCache(settings.cacheBytes(), observer);
    this.fetches =
        new FetchQueue(
            new ImageFetcher(settings.fetch()),
            settings.maxFetchedImages(),
            settings.maxFetchedBytes(),
            observer);
    int threads =
        settings.preprocessThreads() > 0
            ? settings.preprocessThreads()
            : Runtime.getRuntime().availableProcessors();
    AtomicInteger number = new AtomicInteger();
    this.workers =
        new ThreadPoolExecutor(
            threads,
            threads,
            0,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread thread = new Thread(task, "halcyon-preprocess-" + number.getAndIncrement());
              thread.setDaemon(true);
              return thread;
            });
  }

  @Override
  public ModelIdentity model() {
    return model;
  }

  @Override
  @SuppressWarnings("CollectionUndefinedEquality") // futures are told apart by identity
  public CompletableFuture<Outcome> analyze(ImageSource image, TextAnalysis text) {
    CompletableFuture<Outcome> outcome = new CompletableFuture<>();
    open.add(outcome);
    outcome.whenComplete((done, failure) -> open.remove(outcome));
    if (closed) {
      outcome.completeExceptionally(cancelled());
      return outcome;
    }
    TextAnalysis how = textLooker.effective(text);
    if (image instanceof ImageSource.Inline inline) {
      enqueue(new Look(inline.bytes(), how, outcome, () -> {}));
    } else if (image instanceof ImageSource.Remote remote) {
      fetches.fetch(
          remote.uri(),
          new FetchQueue.Receiver() {
            @Override
            public void arrived(ByteBuffer bytes, FetchQueue.Hold hold) {
              enqueue(new Look(bytes, how, outcome, hold::release));
            }

            @Override
            public void failed(Throwable failure) {
              fail(outcome, failure);
            }
          });
    }
    return outcome;
  }

  private void enqueue(Look look) {
    try {
      workers.execute(look);
    } catch (RejectedExecutionException e) {
      look.cancel();
    }
  }

  /** The work on one image whose bytes are there. Runs on a preprocessing thread. */
  private final class Look implements Runnable {
    private final ByteBuffer bytes;
    private final TextAnalysis how;
    private final CompletableFuture<Outcome> outcome;
    private final Runnable bytesDone;
    private final Batcher.Ticket ticket = batcher.expect();

    private Look(
        ByteBuffer bytes,
        TextAnalysis how,
        CompletableFuture<Outcome> outcome,
        Runnable bytesDone) {
      this.bytes = bytes;
      this.how = how;
      this.outcome = outcome;
      this.bytesDone = bytesDone;
    }

    @Override
    public void run() {
      try {
        if (!outcome.isDone()) {
          look();
        }
      } catch (InterruptedException e) {
        fail(outcome, cancelled());
      } finally {
        ticket.close();
        bytesDone.run();
      }
    }

    private void look() throws InterruptedException {
      String sha256 = HexFormat.of().formatHex(digest(bytes.duplicate()));
      EvidenceCache.Key key = new EvidenceCache.Key(sha256, how);
      CompletableFuture<Evidence> mine = new CompletableFuture<>();
      Optional<CompletableFuture<Evidence>> found = cache.findOr(key, mine);
      settle(outcome, found.orElse(mine), found.isPresent());
      if (found.isPresent()) {
        return;
      }
      try {
        make(key, mine);
      } catch (RejectedImageException | EngineBrokenException e) {
        cache.failed(key, mine, e);
      } catch (InterruptedException e) {
        cache.failed(key, mine, cancelled());
        throw e;
      } catch (RuntimeException | OutOfMemoryError | StackOverflowError e) {
        // A picture that trips a decoder must not stop the stream, whatever it trips over.
        LOG.warn("the image with SHA-256 {} cannot be decoded", sha256, e);
        cache.failed(
            key,
            mine,
            new RejectedImageException(
                RejectReason.UNREADABLE, "the image cannot be decoded: " + e));
      }
    }

    private void make(EvidenceCache.Key key, CompletableFuture<Evidence> mine)
        throws InterruptedException {
      long startedNanos = System.nanoTime();
      int shortSide = preprocessor.decodeShortSidePixels();
      if (how != TextAnalysis.OFF) {
        shortSide = Math.max(shortSide, textLooker.decodeShortSidePixels());
      }
      List<DecodedImage> frames =
          decoder.decodeFrames(bytes.duplicate(), settings.animationFrames(), shortSide);
      DecodedImage decoded = frames.get(0);
      bytesDone.run();
      observer.decoded(System.nanoTime() - startedNanos);

      CompletableFuture<float[]> embedding =
          encode(ticket, out -> preprocessor.writeTo(decoded, out));
      CompletableFuture<List<float[]>> parts = encodeParts(frames);
      CompletableFuture<Optional<TextEvidence>> text =
          how == TextAnalysis.OFF
              ? CompletableFuture.completedFuture(Optional.empty())
              : textLooker.look(decoded, how, AnalysisPipeline.this::encode);
      String format = decoded.format();
      int width = decoded.widthPixels();
      int height = decoded.heightPixels();
      CompletableFuture.allOf(embedding, parts, text)
          .thenApply(
              all ->
                  new Evidence(
                      model,
                      embedding.join(),
                      parts.join(),
                      text.join(),
                      width,
                      height,
                      format,
                      key.sha256(),
                      false))
          .whenComplete(
              (evidence, failure) -> {
                if (failure == null) {
                  cache.made(key, mine, evidence);
                } else {
                  cache.failed(key, mine, cause(failure));
                }
              });
    }

    /** The image will not be looked at. */
    private void cancel() {
      ticket.close();
      bytesDone.run();
      fail(outcome, cancelled());
    }
  }

  /**
   * What the first frame, cropped, does not show: its tiles, and the further frames with theirs.
   */
  private CompletableFuture<List<float[]>> encodeParts(List<DecodedImage> frames)
      throws InterruptedException {
    List<CompletableFuture<float[]>> parts = new ArrayList<>();
    for (int number = 0; number < frames.size(); number++) {
      DecodedImage frame = frames.get(number);
      if (number > 0) {
        parts.add(encode(frame.image()));
      }
      if (settings.tileAspect() > 0 && preprocessor.crops()) {
        List<RgbImage> tiles = preprocessor.tiles(frame.image(), settings.tileAspect());
        for (int i = 0; tiles.size() > 1 && i < tiles.size(); i++) {
          parts.add(encode(tiles.get(i)));
        }
      }
    }
    return CompletableFuture.allOf(parts.toArray(CompletableFuture[]::new))
        .thenApply(done -> parts.stream().map(CompletableFuture::join).toList());
  }

  private CompletableFuture<float[]> encode(RgbImage picture) throws InterruptedException {
    try (Batcher.Ticket ticket = batcher.expect()) {
      return encode(ticket, out -> preprocessor.writeTo(picture, out));
    }
  }

  private CompletableFuture<float[]> encode(Batcher.Ticket ticket, Consumer<FloatBuffer> writer)
      throws InterruptedException {
    long startedNanos = System.nanoTime();
    CompletableFuture<float[]> embedding = ticket.submit(writer);
    observer.batched(System.nanoTime() - startedNanos);
    return embedding.thenApply(
        values -> {
          if (!UnitVector.normalize(values)) {
            throw new RejectedImageException(
                RejectReason.ENGINE_REFUSED, "the image's embedding has no direction");
          }
          return values;
        });
  }

  private static void settle(
      CompletableFuture<Outcome> outcome, CompletableFuture<Evidence> made, boolean reused) {
    made.whenComplete(
        (evidence, failure) -> {
          if (failure != null) {
            fail(outcome, failure);
          } else {
            outcome.complete(reused ? reused(evidence) : evidence);
          }
        });
  }

  private static Evidence reused(Evidence evidence) {
    return new Evidence(
        evidence.model(),
        evidence.embedding(),
        evidence.parts(),
        evidence.text(),
        evidence.widthPixels(),
        evidence.heightPixels(),
        evidence.format(),
        evidence.contentSha256(),
        true);
  }

  private static void fail(CompletableFuture<Outcome> outcome, Throwable failure) {
    Throwable cause = cause(failure);
    if (cause instanceof RejectedImageException rejected) {
      outcome.complete(rejected.rejected());
    } else {
      outcome.completeExceptionally(cause);
    }
  }

  private static Throwable cause(Throwable failure) {
    return failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
  }

  private static CancellationException cancelled() {
    return new CancellationException("the image analyzer was closed");
  }

  private static byte[] digest(ByteBuffer bytes) {
    MessageDigest digest = SHA_256.get();
    digest.update(bytes);
    return digest.digest();
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  @Override
  public void close() {
    closed = true;
    fetches.close();
    for (Runnable queued : workers.shutdownNow()) {
      ((Look) queued).cancel();
    }
    open.forEach(outcome -> outcome.completeExceptionally(cancelled()));
  }
}
