package dev.halcyon.app.labels;

import static dev.halcyon.app.labels.LabelTopics.looksFor;
import static dev.halcyon.app.labels.LabelTopics.record;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.halcyon.app.broker.SharedBroker;
import dev.halcyon.app.labels.LabelSetStore.Change;
import dev.halcyon.app.labels.PublishResult.Conflict;
import dev.halcyon.app.labels.PublishResult.Published;
import dev.halcyon.app.labels.PublishResult.Unchanged;
import dev.halcyon.events.LabelSetRecord;
import dev.halcyon.labels.LabelSet;
import dev.halcyon.labels.LabelSetWriter;
import dev.halcyon.labels.LabelStatus;
import dev.halcyon.labels.ReadResult;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class LabelSetStoreTest {
  private static final Instant NOW = Instant.parse("2026-05-01T12:00:00.123Z");

  private final LabelTopics topics = new LabelTopics(SharedBroker.bootstrapServers(), 1);
  private final LabelSetStore store = topics.store(Clock.fixed(NOW, ZoneOffset.UTC));

  @AfterEach
  void close() {
    topics.close();
  }

  @Test
  void aVersionReadsBackAsItWasPublished() {
    LabelSet gun = looksFor("default", "gun");

    PublishResult result =
        store.publish(
            new Change(gun, Optional.empty(), "ann", "first try", Optional.of("bob: why, until")));

    StoredVersion stored = ((Published) result).version();
    assertThat(stored)
        .isEqualTo(
            new StoredVersion(
                "default",
                1,
                LabelSetWriter.contentHash(gun),
                LabelSetWriter.canonicalJson(gun),
                "ann",
                "first try",
                Optional.empty(),
                NOW,
                Optional.of("bob: why, until"),
                Optional.empty()));
    assertThat(store.get("default")).contains(stored);
    assertThat(store.get("default", 1)).contains(stored);
    assertThat(store.history("default")).containsExactly(stored);
    assertThat(store.contents().sets()).containsOnlyKeys("default");
    assertThat(stored.read()).isEqualTo(new ReadResult.Read(gun));
    assertThat(store.get("other")).isEmpty();
    assertThat(store.history("other")).isEmpty();
  }

  @Test
  void aChangeMadeFromAnOlderVersionIsAConflictThatShowsTheNewer() {
    publish("gun", Optional.empty(), "ann");
    publish("dog", Optional.of(1), "ann");

    PublishResult result =
        store.publish(
            new Change(
                looksFor("default", "cat"), Optional.of(1), "bob", "late", Optional.empty()));

    StoredVersion current = ((Conflict) result).current().orElseThrow();
    assertThat(current.version()).isEqualTo(2);
    assertThat(current.author()).isEqualTo("ann");
    assertThat(store.get("default")).contains(current);
    assertThat(store.history("default")).hasSize(2);
    // A first version where there is one already, and a change of what is not there.
    assertThat(publish("cat", Optional.empty(), "bob")).isInstanceOf(Conflict.class);
    assertThat(
            store.publish(
                new Change(looksFor("new", "cat"), Optional.of(1), "bob", "why", Optional.empty())))
        .isEqualTo(new Conflict(Optional.empty()));
  }

  @Test
  void whatIsThereAlreadyIsNotWrittenAgain() {
    publish("gun", Optional.empty(), "ann");

    PublishResult result = publish("gun", Optional.of(1), "bob");

    assertThat(((Unchanged) result).current().author()).isEqualTo("ann");
    assertThat(store.history("default")).hasSize(1);
  }

  @Test
  void ofManyOperatorsAtOnceOneWinsEachVersion() throws Exception {
    publish("thing0", Optional.empty(), "ann");
    int operators = 4;
    for (int round = 1; round <= 3; round++) {
      int base = round;
      CyclicBarrier together = new CyclicBarrier(operators);
      ExecutorService threads = Executors.newFixedThreadPool(operators);
      try {
        List<Callable<PublishResult>> tasks = new ArrayList<>();
        for (int operator = 0; operator < operators; operator++) {
          String thing = "thing" + base + "x" + operator;
          tasks.add(
              () -> {
                together.await();
                return store.publish(
                    new Change(
                        looksFor("default", thing),
                        Optional.of(base),
                        "operator",
                        "why",
                        Optional.empty()));
              });
        }
        List<PublishResult> results = new ArrayList<>();
        for (Future<PublishResult> future : threads.invokeAll(tasks)) {
          results.add(future.get());
        }
        List<StoredVersion> won =
            results.stream()
                .filter(Published.class::isInstance)
                .map(result -> ((Published) result).version())
                .toList();
        assertThat(won).hasSize(1);
        assertThat(won.get(0).version()).isEqualTo(base + 1);
        assertThat(results)
            .filteredOn(Conflict.class::isInstance)
            .hasSize(operators - 1)
            .allSatisfy(result -> assertThat(((Conflict) result).current()).contains(won.get(0)));
        assertThat(store.get("default")).contains(won.get(0));
      } finally {
        threads.shutdownNow();
      }
    }
    assertThat(store.history("default"))
        .extracting(StoredVersion::version)
        .containsExactly(4, 3, 2, 1);
  }

  @Test
  void anOpenTransactionOfAnotherSetHidesNoNewerVersion() throws Exception {
    publish("gun", Optional.empty(), "ann");
    Map<String, Object> config = new HashMap<>(topics.client());
    config.put("transactional.id", topics.config + "-other");
    try (KafkaProducer<String, String> other =
        new KafkaProducer<>(config, new StringSerializer(), new StringSerializer())) {
      other.initTransactions();
      other.beginTransaction();
      other.send(new ProducerRecord<>(topics.config, "other", "x")).get();
      topics.write("default", record(looksFor("default", "dog"), 2));
      ExecutorService thread = Executors.newSingleThreadExecutor();
      try {
        // A plain committed read ends before the open transaction and sees version 1 alone.
        Future<PublishResult> result = thread.submit(() -> publish("cat", Optional.of(1), "bob"));
        other.commitTransaction();
        assertThat(((Conflict) result.get()).current().orElseThrow().version()).isEqualTo(2);
      } finally {
        thread.shutdownNow();
      }
    }
  }

  @Test
  void aRetiredSetIsGoneAndItsVersionsRiseOn() {
    publish("gun", Optional.empty(), "ann");

    assertThat(store.retire("default", 7, "bob", "why")).isInstanceOf(Conflict.class);
    PublishResult result = store.retire("default", 1, "bob", "no longer wanted");

    StoredVersion retired = ((Published) result).version();
    assertThat(retired.version()).isEqualTo(2);
    assertThat(((ReadResult.Read) retired.read()).labelSet().status())
        .isEqualTo(LabelStatus.RETIRED);
    assertThat(store.get("default")).isEmpty();
    assertThat(store.contents().sets()).isEmpty();
    assertThat(store.history("default"))
        .extracting(StoredVersion::version, StoredVersion::author)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(2, "bob"),
            org.assertj.core.groups.Tuple.tuple(1, "ann"));
    assertThat(((Published) publish("gun", Optional.empty(), "ann")).version().version())
        .isEqualTo(3);
  }

  @Test
  void aVersionWrittenByOtherMeansIsHistoryAllTheSame() {
    LabelSetRecord foreign = record(looksFor("default", "gun"), 9);
    topics.write("default", foreign);

    assertThat(store.history("default")).extracting(StoredVersion::version).containsExactly(9);
    assertThat(((Published) publish("dog", Optional.of(9), "ann")).version().version())
        .isEqualTo(10);
  }

  @Test
  void aRecordThatIsNoLabelSetIsListedAsAProblem() {
    publish("gun", Optional.empty(), "ann");
    topics.writeBytes("broken", new byte[] {1, 2, 3});

    assertThat(store.contents().sets()).containsOnlyKeys("default");
    assertThat(store.contents().problems()).containsOnlyKeys("broken");
  }

  @Test
  void aBrokerThatDoesNotAnswerIsNamed() {
    LabelSetStore nowhere =
        new LabelSetStore(
            new LabelSetStore.Settings(
                Map.of("bootstrap.servers", "localhost:1"),
                "label-config",
                "label-config-history",
                Duration.ofSeconds(2)),
            topics.serdes.decoder(LabelSetRecord.class),
            topics.serdes.values(LabelSetRecord.class).serializer(),
            Clock.systemUTC());

    assertThatThrownBy(nowhere::contents)
        .isInstanceOf(LabelTopicException.class)
        .hasMessageContaining("localhost:1");
    assertThatThrownBy(
            () ->
                nowhere.publish(
                    new Change(
                        looksFor("default", "gun"),
                        Optional.empty(),
                        "ann",
                        "why",
                        Optional.empty())))
        .isInstanceOf(LabelTopicException.class)
        .hasMessageContaining("localhost:1");
  }

  private PublishResult publish(String thing, Optional<Integer> basedOn, String author) {
    return store.publish(
        new Change(looksFor("default", thing), basedOn, author, "why", Optional.empty()));
  }
}
