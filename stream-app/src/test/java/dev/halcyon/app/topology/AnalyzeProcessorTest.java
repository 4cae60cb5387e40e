package dev.halcyon.app.topology;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.halcyon.app.MovableClock;
import dev.halcyon.app.config.ConfigLoader;
import dev.halcyon.app.config.KafkaConfig;
import dev.halcyon.app.config.WindowConfig;
import dev.halcyon.clip.Outcome;
import dev.halcyon.events.ImageUpload;
import dev.halcyon.events.state.PendingUpload;
import dev.halcyon.events.wire.Decoded;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.StreamsException;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.processor.api.MockProcessorContext.CapturedPunctuator;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.junit.jupiter.api.Test;

class AnalyzeProcessorTest {
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final Duration COMMIT_INTERVAL = Duration.ofMillis(200);

  private static final WindowConfig ONE_AT_A_TIME =
      new WindowConfig(1, 1, Duration.ofMillis(400), Duration.ofMillis(10), Duration.ofMinutes(1));

  private final MockProcessorContext<String, AnalyzedUpload> context = context();
  private final Deque<CompletableFuture<Outcome>> engine = new ArrayDeque<>();
  private final List<Duration> waits = new ArrayList<>();
  private final WindowsOfThread windows = new WindowsOfThread();
  private final MovableClock clock = new MovableClock(NOW);
  private boolean transactional = true;
  private long offset;

  @Test
  void aPunctuationRunsWhileSomethingIsPendingAndNoLonger() {
    AnalyzeProcessor processor = processor(WindowConfig.defaults());
    processor.init(context);
    assertThat(context.scheduledPunctuators()).as("nothing is pending yet").isEmpty();

    process(processor, "a");
    process(processor, "b");
    assertThat(context.scheduledPunctuators()).hasSize(1);
    CapturedPunctuator punctuation = context.scheduledPunctuators().get(0);
    assertThat(punctuation.getType()).isEqualTo(PunctuationType.WALL_CLOCK_TIME);
    assertThat(punctuation.getInterval()).isEqualTo(WindowConfig.defaults().punctuateEvery());

    finishOne();
    punctuation.getPunctuator().punctuate(0);
    assertThat(context.forwarded()).hasSize(1);
    assertThat(punctuation.cancelled()).isFalse();

    finishOne();
    clock.advance(COMMIT_INTERVAL);
    punctuation.getPunctuator().punctuate(0);
    assertThat(context.forwarded()).hasSize(2);
    assertThat(punctuation.cancelled()).isTrue();

    process(processor, "c");
    assertThat(context.scheduledPunctuators()).hasSize(2);
  }

  @Test
  void aWindowThatBecomesEmptyAsksForACommitAtMostTwiceAnInterval() {
    AnalyzeProcessor processor = processor(WindowConfig.defaults());
    processor.init(context);
    process(processor, "a");
    finishOne();
    punctuateLast();
    assertThat(context.committed()).isTrue();

    context.resetCommit();
    clock.advance(COMMIT_INTERVAL.dividedBy(2).minusMillis(1));
    process(processor, "b");
    finishOne();
    punctuateLast();
    assertThat(context.forwarded()).hasSize(2);
    assertThat(context.committed()).as("the last commit is too near").isFalse();
    CapturedPunctuator punctuation = last();
    assertThat(punctuation.cancelled()).as("somebody must come back for it").isFalse();

    clock.advance(Duration.ofMillis(1));
    punctuateLast();
    assertThat(context.committed()).isTrue();
    assertThat(punctuation.cancelled()).isTrue();
  }

  @Test
  void whileUploadsArePendingACommitIsAskedForOnceAnIntervalIfThereIsAnOutcomeToRead() {
    AnalyzeProcessor processor = processor(WindowConfig.defaults());
    processor.init(context);
    process(processor, "a");
    process(processor, "b");
    process(processor, "c");
    punctuateLast();
    assertThat(context.committed()).as("nothing was sent").isFalse();
    finishOne();
    punctuateLast();
    assertThat(context.committed()).isTrue();

    context.resetCommit();
    finishOne();
    clock.advance(COMMIT_INTERVAL.minusMillis(1));
    punctuateLast();
    assertThat(context.forwarded()).hasSize(2);
    assertThat(context.committed()).isFalse();

    clock.advance(Duration.ofMillis(1));
    punctuateLast();
    assertThat(context.committed()).isTrue();

    context.resetCommit();
    clock.advance(COMMIT_INTERVAL);
    punctuateLast();
    assertThat(context.committed()).as("there is nothing new to read").isFalse();
  }

  @Test
  void whileUploadsWaitForRoomCommitsAreLeftToKafkaStreams() {
    AnalyzeProcessor processor = processor(ONE_AT_A_TIME);
    processor.init(context);
    process(processor, "a");
    finishOne();
    process(processor, "b");
    process(processor, "c");
    assertThat(context.forwarded()).hasSize(1);
    assertThat(waits).hasSize(1);
    clock.advance(COMMIT_INTERVAL);
    punctuateLast();
    assertThat(context.committed()).as("somebody waited an interval ago").isFalse();

    clock.advance(Duration.ofMillis(1));
    punctuateLast();
    assertThat(context.committed()).as("the stream has caught up").isTrue();
  }

  @Test
  void atLeastOnceNobodyWaitsForACommitAndNoneIsAskedFor() {
    transactional = false;
    AnalyzeProcessor processor = processor(WindowConfig.defaults());
    processor.init(context);
    process(processor, "a");
    finishOne();
    punctuateLast();
    assertThat(context.forwarded()).hasSize(1);
    assertThat(context.committed()).isFalse();
  }

  @Test
  void whatIsForwardedIsStampedWithTheTimeOfTheDecision() {
    AnalyzeProcessor processor = processor(WindowConfig.defaults());
    processor.init(context);
    process(processor, "a");
    finishOne();
    context.scheduledPunctuators().get(0).getPunctuator().punctuate(0);

    Record<?, ?> forwarded = context.forwarded().get(0).record();
    assertThat(forwarded.key()).isEqualTo("a");
    assertThat(forwarded.timestamp()).isEqualTo(NOW.toEpochMilli());
  }

  @Test
  void whatIsFoundPendingIsPunctuatedForFromTheStart() {
    AnalyzeProcessor first = processor(WindowConfig.defaults());
    first.init(context);
    process(first, "a");
    first.close();
    engine.clear();
    int before = context.scheduledPunctuators().size();

    AnalyzeProcessor second = processor(WindowConfig.defaults());
    second.init(context);
    assertThat(context.scheduledPunctuators()).hasSize(before + 1);
    finishOne();
    context.scheduledPunctuators().get(before).getPunctuator().punctuate(0);
    assertThat(context.forwarded()).hasSize(1);
  }

  @Test
  void aBrokenEngineShowsInProcessAndInThePunctuation() {
    AnalyzeProcessor processor = processor(WindowConfig.defaults());
    processor.init(context);
    process(processor, "a");
    engine.remove().completeExceptionally(new IllegalStateException("device lost"));

    var punctuator = context.scheduledPunctuators().get(0).getPunctuator();
    assertThatThrownBy(() -> punctuator.punctuate(0)).isInstanceOf(StreamsException.class);
    assertThatThrownBy(() -> process(processor, "b")).isInstanceOf(StreamsException.class);
    assertThat(context.forwarded()).isEmpty();
  }

  @Test
  void theTasksOfAThreadShareItsPatienceAndARoundHasOnlyOne() {
    AnalyzeProcessor processor = processor(ONE_AT_A_TIME);
    processor.init(context);
    for (int i = 0; i < 3; i++) {
      processor(ONE_AT_A_TIME).init(context);
    }
    process(processor, "a");
    process(processor, "b");
    assertThat(waits).hasSize(1);
    assertThat(waits.get(0)).isBetween(Duration.ofMillis(100), Duration.ofMillis(399));

    context.setCurrentSystemTimeMs(NOW.minusMillis(100).toEpochMilli());
    process(processor, "c");
    assertThat(waits).hasSize(2);
    assertThat(waits.get(1)).as("the round's patience is used up").isLessThan(waits.get(0));
    assertThat(waits.get(1)).isLessThan(Duration.ofMillis(100));
  }

  private void process(AnalyzeProcessor processor, String id) {
    context.setRecordMetadata("uploads", 0, offset++);
    processor.process(new Record<>(id.getBytes(UTF_8), id.getBytes(UTF_8), NOW.toEpochMilli()));
  }

  private void punctuateLast() {
    last().getPunctuator().punctuate(clock.millis());
  }

  private CapturedPunctuator last() {
    List<CapturedPunctuator> all = context.scheduledPunctuators();
    return all.get(all.size() - 1);
  }

  private void finishOne() {
    engine.remove().complete(ScriptedAnalyzer.evidence("x"));
  }

  private AnalyzeProcessor processor(WindowConfig bounds) {
    UploadReader reader =
        new UploadReader(
            (topic, bytes) ->
                new Decoded.Value<>(
                    new ImageUpload(
                        new String(bytes, UTF_8),
                        ByteBuffer.wrap(new byte[] {1}),
                        null,
                        null,
                        NOW,
                        null,
                        null,
                        null,
                        Map.of())));
    return new AnalyzeProcessor(
        reader,
        (pending, inline) -> {
          CompletableFuture<Outcome> future = new CompletableFuture<>();
          engine.add(future);
          return future;
        },
        bounds,
        kafka(),
        clock,
        new StreamObserver() {
          @Override
          public void waitedForRoom(Duration wait) {
            waits.add(wait);
          }
        },
        () -> windows);
  }

  private KafkaConfig kafka() {
    return new ConfigLoader()
        .defaults(
            Map.of(
                "HALCYON_KAFKA_GUARANTEE",
                transactional ? "exactly_once_v2" : "at_least_once",
                "HALCYON_KAFKA_COMMITINTERVAL",
                COMMIT_INTERVAL.toMillis() + "ms"))
        .kafka();
  }

  private static MockProcessorContext<String, AnalyzedUpload> context() {
    Properties properties = new Properties();
    properties.put(StreamsConfig.APPLICATION_ID_CONFIG, "test");
    properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "none:9092");
    MockProcessorContext<String, AnalyzedUpload> context = new MockProcessorContext<>(properties);
    context.setCurrentSystemTimeMs(NOW.toEpochMilli());
    KeyValueStore<Long, PendingUpload> store =
        Stores.keyValueStoreBuilder(
                Stores.inMemoryKeyValueStore(AnalyzeProcessor.WINDOW_STORE),
                Serdes.Long(),
                PendingUploads.serde())
            .withLoggingDisabled()
            .build();
    store.init(context.getStateStoreContext(), store);
    CommitMark mark = new CommitMark.Builder().build();
    mark.init(context.getStateStoreContext(), mark);
    return context;
  }
}
