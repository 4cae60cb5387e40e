package dev.halcyon.app.topology;

import dev.halcyon.app.config.WindowConfig;
import dev.halcyon.clip.Outcome;
import dev.halcyon.events.state.PendingUpload;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.errors.StreamsException;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * The uploads of one partition that are taken in and have no outcome yet.
 *
 * <p><b>Why it is here.</b> An engine is fast when it works on many images at once, and Kafka
 * Streams counts a record as consumed when {@code process} returns. An image that merely waits in
 * memory is therefore committed while its outcome is not sent, and a crash loses it. So each upload
 * is first written to a store with a changelog, then handed to the engine, and {@code process}
 * returns. The store, not the consumer's offset, remembers what is pending.
 *
 * <p><b>Taking in.</b> {@link #add} puts the upload under its source offset, which rises within the
 * partition and names the upload for good: an upload that is delivered twice, which at-least-once
 * may do after a crash, is found pending and not taken in again. The store holds the event without
 * the image; an image carried inside the upload stays in the upload topic and is read from there
 * again if it is ever needed.
 *
 * <p><b>Sending on.</b> {@link #emit} sends every finished upload whose key has no older upload
 * pending, and deletes it from the store. Results of one key thus leave in the order of their
 * uploads, and an image that takes ten seconds holds up its own key and nobody else. Store, outputs
 * and offsets are one transaction under exactly-once: a crash leaves either all of them or none.
 *
 * <p><b>At least once</b> there is no such transaction, and a deletion could reach its broker while
 * the output does not. There a sent upload stays in the store until a commit has passed, which
 * means that the output is acknowledged; {@code commits} counts them. A crash in between sends the
 * output twice, never less than once.
 *
 * <p><b>Taking over.</b> {@link #restore} reads the store in order and hands everything in it to
 * the engine. That is the whole of crash recovery.
 *
 * <p><b>Room.</b> The engine holds at most {@code maxImages} uploads and {@code maxBytes} of inline
 * images of this window; a single larger image is analyzed alone. When there is no room, {@link
 * #awaitRoom} lets the stream thread wait for the next result, and that wait is the backpressure:
 * while it waits it takes nothing more from Kafka. It must not wait for ever, since an instance
 * that does not poll loses its partitions and a transaction that is left open is aborted. An upload
 * that arrives when the patience of the round is used up is <i>deferred</i>: remembered like any
 * other, its image let go, and handed to the engine when there is room. The rounds of a thread that
 * waits shrink to one record a partition, so deferred uploads are few, and they are references of
 * some hundred bytes; should they ever reach {@value #DEFERRED_PER_IMAGE} times {@code maxImages},
 * the engine is hopelessly slow for its partitions and the stream stops with a message that says
 * so.
 *
 * <p><b>Faults.</b> An unusable image is an outcome like any other and takes its turn. A future
 * that completes exceptionally means that the engine is broken for good: from then on {@link #add}
 * and {@link #emit} throw, nothing more is sent, and what is pending stays in the store. So does an
 * engine that finishes nothing for {@code stallAfter}.
 *
 * <p><b>Threads.</b> Everything here is called by the task's stream thread. Engine threads do one
 * thing: they put a finished entry into {@code finished}, and say so. Nothing is locked across
 * tasks.
 *
 * <p><b>Shown by</b>, paragraph by paragraph; a test sees that each of these is one:
 *
 * <ul>
 *   <li>why it is here: {@code withoutTheWindowsStoreUploadsAreLost}, {@code
 *       exactlyOnceEveryUploadHasItsOutcomeOnceAndInOrder}
 *   <li>taking in: {@code anUploadDeliveredAgainIsNotTakenInAgain}, {@code
 *       anotherUploadAtAKnownPlaceIsTakenIn}
 *   <li>sending on: {@code whateverFinishesWhenEveryUploadIsSentOnceAndInTheOrderOfItsKey}, {@code
 *       aStragglerHoldsUpItsOwnKeyAndNobodyElse}
 *   <li>at least once: {@code atLeastOnceAnEntryIsForgottenOnlyAfterACommitHasPassed}, {@code
 *       atLeastOnceNoUploadIsLost}
 *   <li>taking over: {@code whatTheStoreRemembersIsTakenUpInOrderAndNothingIsSentMeanwhile}, {@code
 *       closingForwardsNothingAndARestartDecidesWhatWasPending}, {@code
 *       instancesThatComeAndGoInMidWindowLoseAndRepeatNothing}
 *   <li>room: {@code roomIsBoundedByImages}, {@code
 *       roomIsBoundedByBytesAndALargerImageIsAnalyzedAlone}, {@code
 *       aFullWindowWaitsForTheNextResultAndNoLongerThanItsPatience}, {@code
 *       anUploadForWhichThereIsNoRoomIsRememberedAndStartedLaterWithoutItsBytes}, {@code
 *       anEngineMuchTooSlowStopsTheStreamInsteadOfFillingMemory}, {@code
 *       aSlowEngineSlowsConsumptionAndNothingElse}
 *   <li>faults: {@code whatCannotBeUsedBecomesARejectInItsTurnAndTheStreamGoesOn}, {@code
 *       onceTheEngineIsBrokenNothingIsSentOrTakenInAnyMore}, {@code
 *       anEngineThatFinishesNothingIsStalled}, {@code
 *       aBrokenEngineStopsTheStreamAndWhatIsPendingIsDecidedAfterARestart}
 *   <li>threads: {@code onlyStreamThreadsForward}, {@code
 *       threadsThatShareASmallEngineDoNotBlockEachOther}
 * </ul>
 */
final class PendingWindow {
  private static final int DEFERRED_PER_IMAGE = 16;

  private final KeyValueStore<Long, PendingUpload> store;
  private final Analysis analysis;
  private final Consumer<AnalyzedUpload> output;
  private final WindowConfig bounds;
  private final boolean transactional;
  private final LongSupplier commits;
  private final Clock clock;
  private final LongSupplier nanoTime;
  private final Runnable analysisFinished;
  private final StreamObserver observer;

  /** Everything in the store, by offset. */
  private final Map<Long, Entry> entries = new HashMap<>();

  /** What is not yet sent, by key, oldest first. No queue is empty. */
  private final Map<String, Deque<Entry>> pendingByKey = new HashMap<>();

  /** What the engine has not been given yet, oldest first. */
  private final Deque<Entry> deferred = new ArrayDeque<>();

  /** What the engine is done with; the only thing that other threads touch. */
  private final LinkedBlockingQueue<Entry> finished = new LinkedBlockingQueue<>();

  /** What is finished and next of its key. */
  private final Deque<Entry> sendable = new ArrayDeque<>();

  /** What is sent, but perhaps not acknowledged; at-least-once only. */
  private final Deque<Entry> unacknowledged = new ArrayDeque<>();

  private int images;
  private long inlineBytes;
  private int running;
  private long lastProgressNanos;
  private Throwable broken;

  /**
   * Makes an empty window.
   *
   * @param store remembers what is pending; its changelog is what survives a crash
   * @param output where finished uploads go, in the order of their keys
   * @param transactional whether store and outputs are committed as one
   * @param commits how many commits have passed; asked only where not transactional
   * @param nanoTime a clock that only rises, in nanoseconds
   * @param analysisFinished told on an engine thread, each time there is something to emit
   */
  PendingWindow(
      KeyValueStore<Long, PendingUpload> store,
      Analysis analysis,
      Consumer<AnalyzedUpload> output,
      WindowConfig bounds,
      boolean transactional,
      LongSupplier commits,
      Clock clock,
      LongSupplier nanoTime,
      Runnable analysisFinished,
      StreamObserver observer) {
    this.store = store;
    this.analysis = analysis;
    this.output = output;
    this.bounds = bounds;
    this.transactional = transactional;
    this.commits = commits;
    this.clock = clock;
    this.nanoTime = nanoTime;
    this.analysisFinished = analysisFinished;
    this.observer = observer;
  }

  /** Takes up what the store remembers. Sends nothing. */
  void restore() {
    try (KeyValueIterator<Long, PendingUpload> remembered = store.all()) {
      while (remembered.hasNext()) {
        KeyValue<Long, PendingUpload> next = remembered.next();
        deferred.add(track(next.key, next.value));
      }
    }
    if (!entries.isEmpty()) {
      observer.restored(entries.size());
      startDeferred();
    }
  }

  /**
   * Takes in an upload: remembers it, and hands it to the engine if there is room.
   *
   * @param inline its image, where it carries one
   * @throws StreamsException if the engine is broken, or hopelessly slow
   */
  void add(long offset, PendingUpload pending, Optional<ByteBuffer> inline) {
    throwIfBroken();
    Entry known = entries.get(offset);
    if (known != null && known.pending.equals(pending)) {
      return;
    }
    if (deferred.size() >= (long) DEFERRED_PER_IMAGE * bounds.maxImages()) {
      throw new StreamsException(
          "the engine is too slow for its partitions: "
              + deferred.size()
              + " uploads of one partition wait for it; use a faster model, more instances, or more"
              + " kafka.streamThreads");
    }
    // Another upload under a known offset means that the topic was made anew: the new one counts.
    store.put(offset, pending);
    Entry entry = track(offset, pending);
    if (takes(entry.inlineBytes)) {
      start(entry, inline);
    } else {
      deferred.add(entry);
      observer.deferred();
    }
  }

  /**
   * Sends what is finished and next of its key, deletes what needs no remembering any more, and
   * gives the engine what was deferred.
   *
   * @throws StreamsException if the engine is broken or stalled
   */
  void emit() {
    throwIfBroken();
    for (Entry entry = finished.poll(); entry != null; entry = finished.poll()) {
      settle(entry);
    }
    send();
    forgetAcknowledged();
    startDeferred();
    throwIfStalled();
  }

  /** Whether the engine may be given one more upload with so many inline bytes. */
  boolean hasRoom(long bytes) {
    return images < bounds.maxImages()
        && (inlineBytes == 0 || inlineBytes + bytes <= bounds.maxBytes());
  }

  /** Whether an upload with so many inline bytes would be handed to the engine at once. */
  boolean takes(long bytes) {
    return deferred.isEmpty() && hasRoom(bytes);
  }

  /**
   * Waits until there is room, sending on what gets finished meanwhile.
   *
   * @param patience the longest wait
   * @return whether there is room
   * @throws StreamsException if the engine is broken
   */
  boolean awaitRoom(long bytes, Duration patience) {
    if (takes(bytes)) {
      return true;
    }
    long start = nanoTime.getAsLong();
    long left = patience.toNanos();
    while (left > 0 && !takes(bytes)) {
      Entry entry;
      try {
        entry = finished.poll(left, TimeUnit.NANOSECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new StreamsException("interrupted while the window of pending uploads was full", e);
      }
      if (entry == null) {
        break;
      }
      settle(entry);
      emit();
      left = patience.toNanos() - (nanoTime.getAsLong() - start);
    }
    observer.waitedForRoom(Duration.ofNanos(nanoTime.getAsLong() - start));
    return takes(bytes);
  }

  /** Whether an analysis has finished that {@link #emit} has not seen. */
  boolean hasUnseen() {
    return !finished.isEmpty();
  }

  /** Whether there is nothing to come back for. */
  boolean isEmpty() {
    return pendingByKey.isEmpty() && unacknowledged.isEmpty();
  }

  /** Lets go of everything and sends nothing. The store keeps what it remembers. */
  void close() {
    for (Deque<Entry> ofKey : pendingByKey.values()) {
      for (Entry entry : ofKey) {
        if (entry.future != null) {
          entry.future.cancel(true);
        }
      }
    }
    observer.windowChanged(-images, -inlineBytes);
    entries.clear();
    pendingByKey.clear();
    deferred.clear();
    finished.clear();
    sendable.clear();
    unacknowledged.clear();
    images = 0;
    inlineBytes = 0;
    running = 0;
  }

  private Entry track(long offset, PendingUpload pending) {
    Entry entry = new Entry(offset, pending);
    entries.put(offset, entry);
    pendingByKey.computeIfAbsent(entry.key(), key -> new ArrayDeque<>(2)).addLast(entry);
    return entry;
  }

  private void start(Entry entry, Optional<ByteBuffer> inline) {
    images++;
    inlineBytes += entry.inlineBytes;
    observer.windowChanged(1, entry.inlineBytes);
    entry.startedNanos = nanoTime.getAsLong();
    if (running++ == 0) {
      lastProgressNanos = entry.startedNanos;
    }
    CompletableFuture<Outcome> future;
    try {
      future = analysis.start(entry.pending, inline);
    } catch (RuntimeException e) {
      future = CompletableFuture.failedFuture(e);
    }
    entry.future = future;
    future.whenComplete(
        (outcome, fault) -> {
          entry.finishedAt = clock.instant();
          entry.finishedNanos = nanoTime.getAsLong();
          finished.add(entry);
          analysisFinished.run();
        });
  }

  private void startDeferred() {
    for (Entry next = deferred.peek();
        next != null && hasRoom(next.inlineBytes);
        next = deferred.peek()) {
      deferred.remove();
      start(next, Optional.empty());
    }
  }

  /** Notes an outcome; the image's bytes are no longer held. */
  private void settle(Entry entry) {
    running--;
    lastProgressNanos = nanoTime.getAsLong();
    inlineBytes -= entry.inlineBytes;
    observer.windowChanged(0, -entry.inlineBytes);
    try {
      entry.outcome = entry.future.join();
    } catch (CompletionException e) {
      broken = e.getCause();
    } catch (RuntimeException e) {
      broken = e;
    }
    throwIfBroken();
    entry.future = null;
    observer.analyzed(Duration.ofNanos(entry.finishedNanos - entry.startedNanos));
    if (pendingByKey.get(entry.key()).peekFirst() == entry) {
      sendable.add(entry);
    }
  }

  private void send() {
    // An entry stays where it is until it is sent, so that a send that throws can be tried again.
    for (Entry entry = sendable.peek(); entry != null; entry = sendable.peek()) {
      output.accept(new AnalyzedUpload(entry.pending, entry.outcome, entry.finishedAt));
      sendable.remove();
      Deque<Entry> ofKey = pendingByKey.get(entry.key());
      ofKey.removeFirst();
      if (ofKey.isEmpty()) {
        pendingByKey.remove(entry.key());
      } else if (ofKey.peekFirst().outcome != null) {
        sendable.addFirst(ofKey.peekFirst());
      }
      images--;
      observer.windowChanged(-1, 0);
      if (transactional) {
        forget(entry);
      } else {
        entry.sentInCommit = commits.getAsLong();
        unacknowledged.add(entry);
      }
    }
  }

  private void forgetAcknowledged() {
    for (Entry entry = unacknowledged.peek();
        entry != null && entry.sentInCommit < commits.getAsLong();
        entry = unacknowledged.peek()) {
      forget(entry);
      unacknowledged.remove();
    }
  }

  private void forget(Entry entry) {
    if (entries.remove(entry.offset, entry)) {
      // Unlike delete, this does not read back what it deletes.
      store.put(entry.offset, null);
    }
  }

  private void throwIfBroken() {
    if (broken != null) {
      throw new StreamsException("the engine is broken; nothing more is decided", broken);
    }
  }

  private void throwIfStalled() {
    if (running > 0 && nanoTime.getAsLong() - lastProgressNanos > bounds.stallAfter().toNanos()) {
      broken =
          new IllegalStateException(
              "the engine has finished nothing for "
                  + bounds.stallAfter().toSeconds()
                  + " s while "
                  + running
                  + " images of a partition wait; see window.stallAfter");
      throwIfBroken();
    }
  }

  private static final class Entry {
    private final long offset;
    private final PendingUpload pending;
    private final long inlineBytes;
    private CompletableFuture<Outcome> future;
    private long startedNanos;
    private Outcome outcome;
    private long sentInCommit;

    /** Written by the thread that finishes the entry, before it hands it over. */
    private Instant finishedAt;

    private long finishedNanos;

    private Entry(long offset, PendingUpload pending) {
      this.offset = offset;
      this.pending = pending;
      this.inlineBytes = pending.getInlineBytes();
    }

    private String key() {
      return pending.getUpload().getImageId();
    }
  }
}
