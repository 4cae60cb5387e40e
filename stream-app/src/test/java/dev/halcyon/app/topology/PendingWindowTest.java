package dev.halcyon.app.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.halcyon.app.config.WindowConfig;
import dev.halcyon.clip.EngineBrokenException;
import dev.halcyon.clip.Outcome;
import dev.halcyon.clip.RejectReason;
import dev.halcyon.clip.Rejected;
import dev.halcyon.events.ImageUpload;
import dev.halcyon.events.SourceRef;
import dev.halcyon.events.state.PendingUpload;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.errors.StreamsException;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PendingWindowTest {
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

  private final KeyValueStore<Long, PendingUpload> store = store();
  private final Map<Long, CompletableFuture<Outcome>> engine = new LinkedHashMap<>();
  private final List<Long> reread = new ArrayList<>();
  private final List<AnalyzedUpload> sent = new ArrayList<>();
  private final AtomicLong commits = new AtomicLong();
  private final AtomicLong nanos = new AtomicLong();

  @Test
  void aFinishedUploadIsSentAndForgotten() {
    PendingWindow window = exactlyOnce(WindowConfig.defaults());
    window.add(0, upload(0, "cat"), Optional.empty());
    window.emit();
    assertThat(sent).isEmpty();
    assertThat(remembered()).containsExactly(0L);
    assertThat(window.isEmpty()).isFalse();

    finish(0);
    window.emit();

    assertThat(sentOffsets()).containsExactly(0L);
    assertThat(sent.get(0).outcome()).isEqualTo(outcome(0));
    assertThat(sent.get(0).analyzedAt()).isEqualTo(NOW);
    assertThat(remembered()).isEmpty();
    assertThat(window.isEmpty()).isTrue();
  }

  @Test
  void aStragglerHoldsUpItsOwnKeyAndNobodyElse() {
    PendingWindow window = exactlyOnce(bounds(2000, 1 << 20));
    for (long offset = 0; offset < 1000; offset++) {
      String key = offset % 100 == 0 ? "slow" : "key-" + offset;
      window.add(offset, upload(offset, key), Optional.empty());
    }
    for (long offset = 1; offset < 1000; offset++) {
      finish(offset);
    }
    window.emit();

    assertThat(sent).hasSize(990);
    assertThat(sent).noneMatch(a -> a.pending().getUpload().getImageId().equals("slow"));
    assertThat(remembered()).hasSize(10).allMatch(offset -> offset % 100 == 0);

    finish(0);
    window.emit();
    assertThat(sentOffsets().subList(990, 1000))
        .containsExactly(0L, 100L, 200L, 300L, 400L, 500L, 600L, 700L, 800L, 900L);
    assertThat(remembered()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void whateverFinishesWhenEveryUploadIsSentOnceAndInTheOrderOfItsKey(long seed) {
    Random random = new Random(seed);
    PendingWindow window =
        window(bounds(1 + random.nextInt(60), 200), random.nextBoolean(), analysis());
    int uploads = 2000;
    long next = 0;
    while (next < uploads || !window.isEmpty()) {
      int dice = random.nextInt(10);
      if (dice < 5 && next < uploads) {
        int bytes = random.nextInt(3) == 0 ? random.nextInt(150) : 0;
        PendingUpload upload = upload(next, "key-" + random.nextInt(12));
        upload.setInlineBytes(bytes);
        if (window.hasRoom(bytes) || random.nextInt(50) == 0) {
          window.add(next, upload, Optional.of(ByteBuffer.allocate(bytes)));
          next++;
        }
      } else if (dice < 8) {
        List<Long> running = new ArrayList<>(engine.keySet());
        if (!running.isEmpty()) {
          finish(running.get(random.nextInt(running.size())));
        }
      } else if (dice < 9) {
        window.emit();
      } else {
        commits.incrementAndGet();
      }
    }

    assertThat(sentOffsets()).hasSize(uploads).doesNotHaveDuplicates();
    Map<String, Long> last = new HashMap<>();
    for (AnalyzedUpload analyzed : sent) {
      long offset = analyzed.pending().getSource().getOffset();
      Long before = last.put(analyzed.pending().getUpload().getImageId(), offset);
      assertThat(before == null || before < offset).isTrue();
      assertThat(analyzed.outcome()).isEqualTo(outcome(offset));
    }
    assertThat(remembered()).isEmpty();
  }

  @Test
  void whatTheStoreRemembersIsTakenUpInOrderAndNothingIsSentMeanwhile() {
    for (long offset : new long[] {70, 5, 300, 6}) {
      store.put(offset, upload(offset, "key-" + offset));
    }
    PendingWindow window =
        window(
            bounds(3, 1 << 20),
            true,
            (pending, inline) -> {
              long offset = pending.getSource().getOffset();
              engine.put(offset, new CompletableFuture<>());
              return CompletableFuture.completedFuture(outcome(offset));
            });
    window.restore();
    assertThat(engine.keySet()).containsExactly(5L, 6L, 70L);
    assertThat(sent).isEmpty();

    window.emit();
    window.emit();
    assertThat(sentOffsets()).containsExactlyInAnyOrder(5L, 6L, 70L, 300L);
    assertThat(remembered()).isEmpty();
  }

  @Test
  void anUploadDeliveredAgainIsNotTakenInAgain() {
    PendingWindow window = exactlyOnce(WindowConfig.defaults());
    window.add(4, upload(4, "cat"), Optional.empty());
    window.add(4, upload(4, "cat"), Optional.empty());
    finish(4);
    window.emit();

    assertThat(sentOffsets()).containsExactly(4L);
    assertThat(window.isEmpty()).isTrue();
  }

  @Test
  void anotherUploadAtAKnownPlaceIsTakenIn() {
    store.put(4L, upload(4, "of a topic since deleted"));
    PendingWindow window = exactlyOnce(WindowConfig.defaults());
    window.restore();
    CompletableFuture<Outcome> old = engine.remove(4L);
    window.add(4, upload(4, "new"), Optional.empty());
    old.complete(outcome(4));
    window.emit();
    assertThat(remembered()).containsExactly(4L);

    finish(4);
    window.emit();
    assertThat(sent)
        .extracting(a -> a.pending().getUpload().getImageId())
        .containsExactly("of a topic since deleted", "new");
    assertThat(remembered()).isEmpty();
    assertThat(window.isEmpty()).isTrue();
  }

  @Test
  void closingSendsNothingCancelsEverythingAndForgetsNothing() {
    PendingWindow window = exactlyOnce(WindowConfig.defaults());
    window.add(0, upload(0, "a"), Optional.empty());
    window.add(1, upload(1, "b"), Optional.empty());
    CompletableFuture<Outcome> running = engine.get(1L);
    finish(0);
    window.close();

    assertThat(sent).isEmpty();
    assertThat(running).isCancelled();
    assertThat(window.isEmpty()).isTrue();
    assertThat(remembered()).containsExactly(0L, 1L);
  }

  @Test
  void onceTheEngineIsBrokenNothingIsSentOrTakenInAnyMore() {
    PendingWindow window = exactlyOnce(WindowConfig.defaults());
    window.add(0, upload(0, "a"), Optional.empty());
    window.add(1, upload(1, "b"), Optional.empty());
    engine.get(0L).completeExceptionally(new EngineBrokenException("device lost", null));
    assertThatThrownBy(window::emit)
        .isInstanceOf(StreamsException.class)
        .hasRootCauseInstanceOf(EngineBrokenException.class);

    finish(1);
    assertThatThrownBy(window::emit).isInstanceOf(StreamsException.class);
    assertThatThrownBy(() -> window.add(2, upload(2, "c"), Optional.empty()))
        .isInstanceOf(StreamsException.class);
    assertThat(sent).isEmpty();
    assertThat(remembered()).containsExactly(0L, 1L);
  }

  @Test
  void anEngineThatThrowsWhenCalledIsBrokenToo() {
    PendingWindow window =
        window(
            WindowConfig.defaults(),
            true,
            (pending, inline) -> {
              throw new IllegalStateException("no such thing");
            });
    window.add(0, upload(0, "a"), Optional.empty());
    assertThatThrownBy(window::emit).hasRootCauseMessage("no such thing");
    assertThat(remembered()).containsExactly(0L);
  }

  @Test
  void anEngineThatFinishesNothingIsStalled() {
    PendingWindow window = exactlyOnce(WindowConfig.defaults());
    window.add(0, upload(0, "a"), Optional.empty());
    window.add(1, upload(1, "b"), Optional.empty());
    nanos.addAndGet(Duration.ofSeconds(119).toNanos());
    finish(0);
    window.emit();
    nanos.addAndGet(Duration.ofSeconds(119).toNanos());
    window.emit();
    nanos.addAndGet(Duration.ofSeconds(2).toNanos());

    assertThatThrownBy(window::emit)
        .isInstanceOf(StreamsException.class)
        .hasRootCauseMessage(
            "the engine has finished nothing for 120 s while 1 images of a partition wait; see"
                + " window.stallAfter");
  }

  @Test
  void anIdleWindowIsNeverStalled() {
    PendingWindow window = exactlyOnce(WindowConfig.defaults());
    nanos.addAndGet(Duration.ofDays(3).toNanos());
    window.add(0, upload(0, "a"), Optional.empty());
    window.emit();
    finish(0);
    nanos.addAndGet(Duration.ofDays(3).toNanos());
    window.emit();
    assertThat(sentOffsets()).containsExactly(0L);
  }

  @Test
  void roomIsBoundedByImages() {
    PendingWindow window = exactlyOnce(bounds(2, 1000));
    window.add(0, upload(0, "a"), Optional.empty());
    assertThat(window.hasRoom(0)).isTrue();
    window.add(1, upload(1, "b"), Optional.empty());
    assertThat(window.hasRoom(0)).isFalse();

    finish(1);
    window.emit();
    assertThat(window.hasRoom(0)).isTrue();
  }

  @Test
  void roomIsBoundedByBytesAndALargerImageIsAnalyzedAlone() {
    PendingWindow window = exactlyOnce(bounds(100, 1000));
    assertThat(window.hasRoom(5000)).isTrue();
    window.add(0, inline(0, "a", 600), bytes(600));
    assertThat(window.hasRoom(400)).isTrue();
    assertThat(window.hasRoom(401)).isFalse();
    assertThat(window.hasRoom(0)).isTrue();

    finish(0);
    window.emit();
    assertThat(window.hasRoom(5000)).isTrue();
    window.add(1, inline(1, "b", 5000), bytes(5000));
    assertThat(window.hasRoom(1)).isFalse();
  }

  @Test
  void anUploadForWhichThereIsNoRoomIsRememberedAndStartedLaterWithoutItsBytes() {
    PendingWindow window = exactlyOnce(bounds(100, 1000));
    window.add(0, inline(0, "a", 900), bytes(900));
    window.add(1, inline(1, "b", 900), bytes(900));
    window.add(2, inline(2, "c", 10), bytes(10));
    assertThat(engine.keySet()).as("in turn, so that nothing starves").containsExactly(0L);
    assertThat(remembered()).containsExactly(0L, 1L, 2L);

    finish(0);
    window.emit();
    assertThat(reread).containsExactly(1L, 2L);
    finish(1);
    finish(2);
    window.emit();
    assertThat(sentOffsets()).containsExactly(0L, 1L, 2L);
  }

  @Test
  void anEngineMuchTooSlowStopsTheStreamInsteadOfFillingMemory() {
    PendingWindow window = exactlyOnce(bounds(2, 1000));
    for (long offset = 0; offset < 2 + 32; offset++) {
      window.add(offset, upload(offset, "key-" + offset), Optional.empty());
    }
    assertThatThrownBy(() -> window.add(34, upload(34, "one more"), Optional.empty()))
        .isInstanceOf(StreamsException.class)
        .hasMessageContaining("too slow")
        .hasMessageContaining("kafka.streamThreads");
  }

  @Test
  void aFullWindowWaitsForTheNextResultAndNoLongerThanItsPatience() {
    PendingWindow window = exactlyOnce(bounds(1, 1000));
    window.add(0, upload(0, "a"), Optional.empty());
    assertThat(window.awaitRoom(0, Duration.ofMillis(1))).isFalse();
    assertThat(sent).isEmpty();

    CompletableFuture<Outcome> running = engine.get(0L);
    new Thread(() -> running.complete(outcome(0))).start();
    assertThat(window.awaitRoom(0, Duration.ofMinutes(1))).isTrue();
    assertThat(sentOffsets()).containsExactly(0L);
  }

  @Test
  void atLeastOnceAnEntryIsForgottenOnlyAfterACommitHasPassed() {
    PendingWindow window = window(WindowConfig.defaults(), false, analysis());
    window.add(0, upload(0, "a"), Optional.empty());
    commits.incrementAndGet();
    finish(0);
    window.emit();
    window.emit();
    assertThat(sentOffsets()).containsExactly(0L);
    assertThat(remembered()).as("sent, but perhaps not acknowledged").containsExactly(0L);
    assertThat(window.isEmpty()).as("somebody must come back").isFalse();

    commits.incrementAndGet();
    window.emit();
    assertThat(remembered()).isEmpty();
    assertThat(window.isEmpty()).isTrue();
    assertThat(sentOffsets()).containsExactly(0L);
  }

  @Test
  void aSendThatThrowsIsTriedAgainAndNothingIsLost() {
    List<Long> attempts = new ArrayList<>();
    PendingWindow window =
        new PendingWindow(
            store,
            analysis(),
            analyzed -> {
              attempts.add(analyzed.pending().getSource().getOffset());
              if (attempts.size() == 2) {
                throw new TimeoutException("no metadata");
              }
              sent.add(analyzed);
            },
            WindowConfig.defaults(),
            false,
            commits::get,
            Clock.fixed(NOW, ZoneOffset.UTC),
            nanos::get,
            () -> {},
            StreamObserver.NONE);
    for (long offset = 0; offset < 4; offset++) {
      window.add(offset, upload(offset, offset % 2 == 0 ? "even" : "odd"), Optional.empty());
      finish(offset);
    }
    assertThatThrownBy(window::emit).isInstanceOf(TimeoutException.class);
    window.emit();

    assertThat(attempts).hasSize(5);
    assertThat(sentOffsets()).containsExactlyInAnyOrder(0L, 1L, 2L, 3L);
    assertThat(remembered()).containsExactly(0L, 1L, 2L, 3L);
  }

  @Test
  void theObserversSumsComeBackToZero() {
    long[] sums = new long[2];
    StreamObserver observer =
        new StreamObserver() {
          @Override
          public void windowChanged(int images, long bytes) {
            sums[0] += images;
            sums[1] += bytes;
          }
        };
    PendingWindow window =
        new PendingWindow(
            store,
            analysis(),
            sent::add,
            bounds(3, 1000),
            true,
            commits::get,
            Clock.fixed(NOW, ZoneOffset.UTC),
            nanos::get,
            () -> {},
            observer);
    for (long offset = 0; offset < 5; offset++) {
      window.add(offset, inline(offset, "k" + offset, 100), bytes(100));
    }
    assertThat(sums).containsExactly(3, 300);
    finish(0);
    window.emit();
    assertThat(sums).containsExactly(3, 300);
    window.close();
    assertThat(sums).containsExactly(0, 0);
  }

  private PendingWindow exactlyOnce(WindowConfig bounds) {
    return window(bounds, true, analysis());
  }

  private PendingWindow window(WindowConfig bounds, boolean transactional, Analysis analysis) {
    return new PendingWindow(
        store,
        analysis,
        sent::add,
        bounds,
        transactional,
        commits::get,
        Clock.fixed(NOW, ZoneOffset.UTC),
        nanos::get,
        () -> {},
        StreamObserver.NONE);
  }

  private Analysis analysis() {
    return (pending, inline) -> {
      CompletableFuture<Outcome> future = new CompletableFuture<>();
      engine.put(pending.getSource().getOffset(), future);
      if (pending.getInlineBytes() > 0 && inline.isEmpty()) {
        reread.add(pending.getSource().getOffset());
      }
      return future;
    };
  }

  private void finish(long offset) {
    engine.remove(offset).complete(outcome(offset));
  }

  private static Outcome outcome(long offset) {
    return new Rejected(RejectReason.UNREADABLE, "of " + offset);
  }

  private List<Long> sentOffsets() {
    return sent.stream().map(analyzed -> analyzed.pending().getSource().getOffset()).toList();
  }

  private List<Long> remembered() {
    List<Long> offsets = new ArrayList<>();
    try (KeyValueIterator<Long, PendingUpload> all = store.all()) {
      while (all.hasNext()) {
        KeyValue<Long, PendingUpload> next = all.next();
        offsets.add(next.key);
      }
    }
    return Collections.unmodifiableList(offsets);
  }

  private static PendingUpload upload(long offset, String key) {
    ImageUpload upload =
        new ImageUpload(key, null, "https://h/" + offset, null, NOW, null, null, null, Map.of());
    return new PendingUpload(upload, new SourceRef("uploads", 0, offset), 0, null, null);
  }

  private static PendingUpload inline(long offset, String key, int bytes) {
    PendingUpload upload = upload(offset, key);
    upload.setInlineBytes(bytes);
    return upload;
  }

  private static Optional<ByteBuffer> bytes(int size) {
    return Optional.of(ByteBuffer.allocate(size));
  }

  private static WindowConfig bounds(int images, long bytes) {
    WindowConfig defaults = WindowConfig.defaults();
    return new WindowConfig(
        images, bytes, defaults.fullWait(), defaults.punctuateEvery(), defaults.stallAfter());
  }

  private static KeyValueStore<Long, PendingUpload> store() {
    KeyValueStore<Long, PendingUpload> store =
        Stores.keyValueStoreBuilder(
                Stores.inMemoryKeyValueStore("window"), Serdes.Long(), PendingUploads.serde())
            .withLoggingDisabled()
            .withCachingDisabled()
            .build();
    MockProcessorContext<Void, Void> context = new MockProcessorContext<>();
    store.init(context.getStateStoreContext(), store);
    return store;
  }
}
