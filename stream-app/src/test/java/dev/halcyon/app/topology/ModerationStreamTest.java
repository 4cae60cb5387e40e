package dev.halcyon.app.topology;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.halcyon.app.broker.SharedBroker;
import dev.halcyon.app.config.GroupProtocol;
import dev.halcyon.app.config.Guarantee;
import dev.halcyon.app.config.KafkaConfig;
import dev.halcyon.app.config.WindowConfig;
import dev.halcyon.app.decision.Decider;
import dev.halcyon.clip.EngineBrokenException;
import dev.halcyon.clip.Outcome;
import dev.halcyon.clip.RejectReason;
import dev.halcyon.clip.Rejected;
import dev.halcyon.events.AlertAction;
import dev.halcyon.events.AlertEvent;
import dev.halcyon.events.Embeddings;
import dev.halcyon.events.EvidenceEvent;
import dev.halcyon.events.ImageUpload;
import dev.halcyon.events.RejectEvent;
import dev.halcyon.events.Tag;
import dev.halcyon.events.TagEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.Serializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The stream on a real broker: what it promises, one test a promise. */
class ModerationStreamTest {
  private static final Duration UPLOAD_WAIT = Duration.ofSeconds(4);

  private StreamRig rig;

  private StreamRig rig(int partitions) {
    rig = new StreamRig(SharedBroker.bootstrapServers(), partitions);
    return rig;
  }

  @AfterEach
  void close() throws Exception {
    if (rig != null) {
      rig.close();
    }
  }

  @Test
  void anUploadBecomesTagsAlertsAndEvidenceThatNameWhatDecided() {
    StreamRig rig = rig(1);
    rig.upload("img-1", "picture");
    Instant before = Instant.now();
    rig.start(ScriptedAnalyzer.instant());

    ConsumerRecord<String, TagEvent> tagRecord =
        rig.read(rig.topics.tags(), TagEvent.class, 1).get(0);
    TagEvent tags = tagRecord.value();
    assertThat(tagRecord.key()).isEqualTo("img-1");
    assertThat(Instant.ofEpochMilli(tagRecord.timestamp()))
        .as("retention counts from the decision, not from 1970 nor from the upload")
        .isBetween(before.minusMillis(1), Instant.now());
    assertThat(tags.getImageId()).isEqualTo("img-1");
    assertThat(tags.getTags()).extracting(Tag::getLabel).containsExactly("block-v1", "tag-v1");
    assertThat(tags.getShadowTags()).extracting(Tag::getLabel).containsExactly("shadow-v1");
    assertThat(tags.getFlags()).containsExactly("INFLATED");
    assertThat(tags.getAlertCount()).isEqualTo(2);
    assertThat(tags.getLabelSet().getName()).isEqualTo("test");
    assertThat(tags.getLabelSet().getVersion()).isEqualTo(1);
    assertThat(tags.getLabelSet().getContentHash()).isEqualTo("hash-of-1");
    assertThat(tags.getModel().getId()).isEqualTo("scripted");
    assertThat(tags.getModel().getHash()).isEqualTo("hash");
    assertThat(tags.getModel().getPreprocessingId()).isEqualTo("none");
    assertThat(tags.getSource().getTopic()).isEqualTo(rig.topics.uploads());
    assertThat(tags.getSource().getPartition()).isZero();
    assertThat(tags.getSource().getOffset()).isZero();
    assertThat(tags.getUploadedAt().toEpochMilli()).isEqualTo(1_700_000_000_000L);
    assertThat(tags.getDecidedAt()).isBetween(before.minusMillis(1), Instant.now());
    assertThat(tags.getSurface()).isEqualTo("web");
    assertThat(tags.getLocale()).isEqualTo("en");
    assertThat(tags.getAttributes()).isEqualTo(Map.of("post", "p-img-1"));

    List<AlertEvent> alerts =
        rig.read(rig.topics.alerts(), AlertEvent.class, 2).stream()
            .map(ConsumerRecord::value)
            .toList();
    assertThat(alerts).extracting(AlertEvent::getLabel).containsExactly("block-v1", "near-v1");
    assertThat(alerts)
        .extracting(AlertEvent::getAction)
        .containsExactly(AlertAction.BLOCK, AlertAction.REVIEW);
    assertThat(alerts.get(0).getFlags()).containsExactly("INFLATED", "SUPPRESSED");
    assertThat(alerts.get(0).getExplanation().getMargin()).isEqualTo(0.4);
    assertThat(alerts.get(0).getExplanation().getWinningPrompt()).isEqualTo("a photo of it");
    assertThat(alerts.get(0).getExplanation().getScoreOfTextOnly()).isNull();
    assertThat(alerts.get(0).getSource()).isEqualTo(tags.getSource());

    EvidenceEvent evidence = rig.read(rig.topics.evidence(), EvidenceEvent.class, 1).get(0).value();
    assertThat(Embeddings.decode(evidence.getImageEmbedding(), evidence.getDimensions()))
        .containsExactly(1, 0);
    assertThat(evidence.getContentSha256()).isEqualTo("sha-of-picture");
    assertThat(evidence.getWidthPixels()).isEqualTo(640);
    assertThat(rig.readToEnd(rig.topics.rejects(), RejectEvent.class)).isEmpty();
  }

  /** Invariant 1. */
  @Test
  void onlyStreamThreadsForward() {
    StreamRig rig = rig(2);
    Set<String> threads = ConcurrentHashMap.newKeySet();
    Serializer<TagEvent> plain = rig.tagSerializer;
    rig.tagSerializer =
        (topic, event) -> {
          threads.add(Thread.currentThread().getName());
          return plain.serialize(topic, event);
        };
    try (Device device = new Device(8, Duration.ofMillis(5))) {
      rig.start(device.analyzer());
      for (int i = 0; i < 200; i++) {
        rig.upload("img-" + i, "x");
      }
      assertThat(rig.tags(200)).hasSize(200);
      assertThat(threads).isNotEmpty().allMatch(name -> name.contains("StreamThread"));
    }
  }

  /** Invariant 2. */
  @Test
  void aStragglerHoldsUpItsOwnKeyAndNobodyElse() {
    StreamRig rig = rig(2);
    CompletableFuture<Outcome> slowFetch = new CompletableFuture<>();
    rig.start(
        new ScriptedAnalyzer(
            image ->
                image.equals("slow")
                    ? slowFetch
                    : CompletableFuture.completedFuture(ScriptedAnalyzer.evidence(image))));
    rig.upload("same", "slow");
    for (int i = 0; i < 999; i++) {
      rig.upload(i % 111 == 0 ? "same" : "img-" + i, "quick-" + i);
    }
    assertThat(rig.tags(990)).noneMatch(event -> event.getImageId().equals("same"));
    assertThat(slowFetch).isNotDone();

    slowFetch.complete(ScriptedAnalyzer.evidence("slow"));
    List<TagEvent> all = rig.tags(1000);
    List<Long> offsets =
        all.stream()
            .filter(event -> event.getImageId().equals("same"))
            .map(event -> event.getSource().getOffset())
            .toList();
    assertThat(offsets).hasSize(10).isSorted();
  }

  /** Invariant 3. */
  @Test
  void whatCannotBeUsedBecomesARejectInItsTurnAndTheStreamGoesOn() {
    StreamRig rig = rig(1);
    ImageUpload both = StreamRig.event("both", "x");
    both.setUri("https://host/x.jpg");
    ImageUpload neither = StreamRig.event("neither", "x");
    neither.setBytes(null);
    ImageUpload bloated = StreamRig.event("bloated", "x");
    bloated.setAttributes(Map.of("a", "b".repeat(20_000)));
    ImageUpload relative = StreamRig.event("relative", "x");
    relative.setBytes(null);
    relative.setUri("no uri at all");
    ImageUpload endless = StreamRig.event("e".repeat(5000), "x");
    rig.upload("damaged", "damaged");
    rig.send("noise", "\u0001this is no event".getBytes(UTF_8));
    rig.send("null-value", null);
    rig.send(null, new byte[0]);
    rig.upload(both);
    rig.upload(neither);
    rig.upload("empty", "");
    rig.upload(bloated);
    rig.upload(relative);
    rig.upload(endless);
    rig.upload("good", "good");
    rig.start(
        new ScriptedAnalyzer(
            image ->
                CompletableFuture.completedFuture(
                    image.equals("damaged")
                        ? new Rejected(RejectReason.UNREADABLE, "it ends in mid-air")
                        : ScriptedAnalyzer.evidence(image))));

    assertThat(rig.tags(1)).extracting(TagEvent::getImageId).containsExactly("good");
    List<RejectEvent> rejects =
        rig.read(rig.topics.rejects(), RejectEvent.class, 10).stream()
            .map(ConsumerRecord::value)
            .toList();
    assertThat(rejects)
        .extracting(RejectEvent::getReason)
        .containsExactly(
            "UNREADABLE",
            "UNDECODABLE",
            "UNDECODABLE",
            "UNDECODABLE",
            "INVALID_UPLOAD",
            "INVALID_UPLOAD",
            "EMPTY",
            "INVALID_UPLOAD",
            "INVALID_UPLOAD",
            "INVALID_UPLOAD");
    assertThat(rejects)
        .extracting(RejectEvent::getImageId)
        .containsExactly(
            "damaged",
            "noise",
            "null-value",
            rig.topics.uploads() + "-0-3",
            "both",
            "neither",
            "empty",
            "bloated",
            "relative",
            rig.topics.uploads() + "-0-9");
    assertThat(rejects.get(0).getDetail()).isEqualTo("it ends in mid-air");
    assertThat(rejects.get(7).getDetail())
        .isEqualTo("the upload cannot be used: its attributes has 20001 characters, over 16384");
    assertThat(rejects.get(7).getAttributes()).isEmpty();
    assertThat(rejects).allMatch(reject -> reject.getSource().getPartition() == 0);
  }

  /** Invariant 4. */
  @Test
  void aBrokenEngineStopsTheStreamAndWhatIsPendingIsDecidedAfterARestart() {
    StreamRig rig = rig(2);
    AtomicInteger calls = new AtomicInteger();
    ModerationStream stream =
        rig.start(
            new ScriptedAnalyzer(
                image ->
                    calls.incrementAndGet() == 50
                        ? CompletableFuture.failedFuture(
                            new EngineBrokenException("device lost", null))
                        : CompletableFuture.completedFuture(ScriptedAnalyzer.evidence(image))));
    for (int i = 0; i < 200; i++) {
      rig.upload("img-" + i, "x");
    }
    assertThat(stream.stopped()).as("a probe each second costs nothing").isSameAs(stream.stopped());
    assertThatThrownBy(() -> stream.stopped().get(60, TimeUnit.SECONDS))
        .hasRootCauseInstanceOf(EngineBrokenException.class);
    stream.close();
    int decided = rig.readToEnd(rig.topics.tags(), TagEvent.class).size();
    assertThat(decided).isLessThan(200);

    rig.start(ScriptedAnalyzer.instant());
    assertEachOnce(rig.tags(200), 200);
    assertThat(rig.readToEnd(rig.topics.tags(), TagEvent.class)).hasSize(200);
  }

  /** Invariant 5, and the restart in mid-window. */
  @ParameterizedTest
  @CsvSource({
    "EXACTLY_ONCE_V2,CLASSIC",
    "EXACTLY_ONCE_V2,STREAMS",
    "AT_LEAST_ONCE,CLASSIC",
    "AT_LEAST_ONCE,STREAMS"
  })
  void closingForwardsNothingAndARestartDecidesWhatWasPending(
      Guarantee guarantee, GroupProtocol protocol) {
    StreamRig rig = rig(2).with(guarantee, protocol, 1, 0);
    Map<String, CompletableFuture<Outcome>> held = new ConcurrentHashMap<>();
    ModerationStream first =
        rig.start(
            new ScriptedAnalyzer(
                image ->
                    image.startsWith("held")
                        ? held.computeIfAbsent(image, key -> new CompletableFuture<>())
                        : CompletableFuture.completedFuture(ScriptedAnalyzer.evidence(image))));
    for (int i = 0; i < 100; i++) {
      rig.upload("img-" + i, (i % 2 == 0 ? "held-" : "free-") + i);
    }
    rig.tags(50);
    await().until(() -> held.size() == 50);
    first.close();
    assertThat(held.values()).allMatch(CompletableFuture::isCancelled);
    held.values().forEach(future -> future.complete(ScriptedAnalyzer.evidence("late")));
    assertThat(rig.readToEnd(rig.topics.tags(), TagEvent.class)).hasSize(50);

    AtomicInteger restored = new AtomicInteger();
    rig.observer =
        new StreamObserver() {
          @Override
          public void restored(int uploads) {
            restored.addAndGet(uploads);
          }
        };
    Set<String> images = ConcurrentHashMap.newKeySet();
    rig.start(
        new ScriptedAnalyzer(
            image -> {
              images.add(image);
              return CompletableFuture.completedFuture(ScriptedAnalyzer.evidence(image));
            }));
    assertEachOnce(rig.tags(100), 100);
    assertThat(restored).hasValue(50);
    assertThat(images)
        .as("read again from the upload topic")
        .hasSize(50)
        .allMatch(held::containsKey);
    assertThat(rig.readToEnd(rig.topics.rejects(), RejectEvent.class)).isEmpty();
  }

  @Test
  void anImageThatItsTopicNoLongerHasIsRejected() {
    StreamRig rig = rig(1);
    Set<String> held = ConcurrentHashMap.newKeySet();
    ModerationStream first =
        rig.start(
            new ScriptedAnalyzer(
                image -> {
                  held.add(image);
                  return new CompletableFuture<>();
                }));
    for (int i = 0; i < 10; i++) {
      rig.upload("img-" + i, "image-" + i);
    }
    await().until(() -> held.size() == 10);
    awaitCommitted(rig, 10);
    first.close();
    TopicPartition partition = new TopicPartition(rig.topics.uploads(), 0);
    try (Admin admin = rig.clients().admin()) {
      StreamRig.get(admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(6))).all());
    }

    rig.start(ScriptedAnalyzer.instant());
    assertThat(rig.read(rig.topics.rejects(), RejectEvent.class, 6))
        .extracting(ConsumerRecord::value)
        .extracting(RejectEvent::getReason)
        .containsOnly("SOURCE_GONE");
    assertThat(rig.tags(4))
        .extracting(TagEvent::getImageId)
        .containsExactlyInAnyOrder("img-6", "img-7", "img-8", "img-9");
  }

  /** Invariant 6: an engine far too slow costs no instance its partitions. */
  @ParameterizedTest
  @EnumSource(GroupProtocol.class)
  void aSlowEngineSlowsConsumptionAndNothingElse(GroupProtocol protocol) {
    StreamRig rig = rig(4).with(Guarantee.EXACTLY_ONCE_V2, protocol, 1, 0);
    // The engine needs 12 s for what arrives at once, four times what an instance may be silent.
    rig.kafka = impatient(rig.kafka);
    rig.window = smallWindow(Duration.ofMillis(500));
    try (Device device = new Device(1, Duration.ofSeconds(1))) {
      ModerationStream stream = rig.start(device.analyzer());
      for (int i = 0; i < 12; i++) {
        rig.upload("img-" + i, "x");
      }
      await()
          .atMost(Duration.ofSeconds(60))
          .pollInterval(Duration.ofMillis(5))
          .until(() -> !stream.isRunning() || device.done.get() >= 12);
      assertThat(stream.isRunning()).as("it kept its partitions").isTrue();
      assertEachOnce(rig.tags(12), 12);
      assertThat(device.done).as("no image was analyzed twice").hasValue(12);
      assertThat(device.mostWaiting.get()).isLessThanOrEqualTo(4);
    }
  }

  /** The negative control: the same engine, and a thread that waits for it without end. */
  @Test
  void waitingWithoutEndForASlowEngineWouldCostTheInstanceItsPartitions() {
    StreamRig rig = rig(4);
    rig.kafka = impatient(rig.kafka);
    rig.window = smallWindow(Duration.ofMinutes(5));
    assertThatThrownBy(() -> rig.window.checkAgainst(rig.kafka))
        .hasMessageContaining("window.fullWait 5m")
        .hasMessageContaining("kafka.transactionTimeout 3s");
    try (Device device = new Device(1, Duration.ofSeconds(1))) {
      ModerationStream stream = rig.prepare(device.analyzer());
      stream.start();
      await().atMost(Duration.ofSeconds(60)).until(stream::isRunning);
      for (int i = 0; i < 12; i++) {
        rig.upload("img-" + i, "x");
      }
      await()
          .atMost(Duration.ofSeconds(60))
          .pollInterval(Duration.ofMillis(5))
          .until(() -> !stream.isRunning());
    }
  }

  private static WindowConfig smallWindow(Duration fullWait) {
    return new WindowConfig(1, 1 << 20, fullWait, Duration.ofMillis(10), Duration.ofMinutes(10));
  }

  /** An instance may be silent, and a transaction may be open, for 3 s. */
  private static KafkaConfig impatient(KafkaConfig k) {
    Duration patience = Duration.ofSeconds(3);
    return timed(k, k.commitInterval(), k.poll(), patience, patience);
  }

  private static KafkaConfig waitingForUploads(KafkaConfig k) {
    return timed(k, UPLOAD_WAIT, UPLOAD_WAIT, UPLOAD_WAIT.multipliedBy(4), k.maxPollInterval());
  }

  private static KafkaConfig timed(
      KafkaConfig k,
      Duration commitInterval,
      Duration poll,
      Duration transactionTimeout,
      Duration maxPollInterval) {
    return new KafkaConfig(
        k.bootstrapServers(),
        k.applicationId(),
        k.guarantee(),
        k.groupProtocol(),
        k.streamThreads(),
        commitInterval,
        poll,
        transactionTimeout,
        maxPollInterval,
        k.sessionTimeout(),
        k.heartbeatInterval(),
        k.standbyReplicas(),
        k.bufferedUploads(),
        k.properties());
  }

  /** Invariant 7: stream threads that share a small engine do not wait for each other for ever. */
  @Test
  void threadsThatShareASmallEngineDoNotBlockEachOther() {
    StreamRig rig = rig(6).with(Guarantee.EXACTLY_ONCE_V2, GroupProtocol.CLASSIC, 3, 0);
    rig.window =
        new WindowConfig(
            1, 1, Duration.ofSeconds(2), Duration.ofMillis(10), Duration.ofSeconds(30));
    try (Device device = new Device(2, Duration.ofMillis(2))) {
      rig.start(device.analyzer());
      for (int i = 0; i < 600; i++) {
        rig.upload("img-" + i % 40, "x");
      }
      assertEachOnceByPlace(rig.tags(600));
    }
  }

  /** Invariant 8. */
  @Test
  void aLabelEditDecidesTheNextImagesAndOneImageNeverMixesVersions() {
    StreamRig rig = rig(2);
    AtomicReference<Decider> inForce = new AtomicReference<>(new TestDecider(1));
    rig.deciders = surface -> inForce.get();
    rig.start(ScriptedAnalyzer.instant());
    for (int i = 0; i < 50; i++) {
      rig.upload("before-" + i, "x");
    }
    rig.tags(50);
    inForce.set(new TestDecider(2));
    for (int i = 0; i < 50; i++) {
      rig.upload("after-" + i, "x");
    }

    List<TagEvent> tags = rig.tags(100);
    for (TagEvent event : tags) {
      int version = event.getImageId().startsWith("before") ? 1 : 2;
      assertThat(event.getLabelSet().getVersion()).isEqualTo(version);
      assertThat(event.getTags())
          .extracting(Tag::getLabel)
          .containsExactly("block-v" + version, "tag-v" + version);
    }
    assertThat(rig.read(rig.topics.alerts(), AlertEvent.class, 200))
        .extracting(ConsumerRecord::value)
        .allMatch(alert -> alert.getLabel().endsWith("-v" + alert.getLabelSet().getVersion()));
  }

  @ParameterizedTest
  @CsvSource({
    "EXACTLY_ONCE_V2,CLASSIC,0",
    "EXACTLY_ONCE_V2,STREAMS,0",
    "EXACTLY_ONCE_V2,CLASSIC,1",
    "EXACTLY_ONCE_V2,STREAMS,1"
  })
  void instancesThatComeAndGoInMidWindowLoseAndRepeatNothing(
      Guarantee guarantee, GroupProtocol protocol, int standbys) throws Exception {
    StreamRig rig = rig(4).with(guarantee, protocol, 1, standbys);
    int uploads = 1500;
    try (Device device = new Device(16, Duration.ofMillis(20))) {
      ModerationStream first = rig.start(device.analyzer());
      Thread producer =
          new Thread(
              () -> {
                for (int i = 0; i < uploads; i++) {
                  rig.upload("key-" + i % 60, "x");
                  if (i % 20 == 0) {
                    rig.flush();
                  }
                }
                rig.flush();
              });
      producer.start();
      rig.tags(100);
      rig.start(device.analyzer());
      rig.tags(400);
      first.close();
      rig.tags(800);
      rig.start(device.analyzer());
      producer.join();
      assertEachOnceByPlace(rig.tags(uploads));
      assertThat(rig.readToEnd(rig.topics.tags(), TagEvent.class)).hasSize(uploads);
      assertThat(rig.readToEnd(rig.topics.alerts(), AlertEvent.class)).hasSize(2 * uploads);
    }
  }

  /** A thread waits for uploads for seconds here; what is finished meanwhile ends the wait. */
  @ParameterizedTest
  @EnumSource
  void aResultIsSentOnWhenItIsThereAndNotWhenTheWaitForUploadsIsOver(Guarantee guarantee)
      throws InterruptedException {
    StreamRig rig = rig(1).with(guarantee, GroupProtocol.CLASSIC, 1, 0);
    assertThat(timeToDecision(rig)).isLessThan(UPLOAD_WAIT.dividedBy(2));
  }

  /** The control: here Kafka Streams makes its consumer itself, and nobody ends its wait. */
  @Test
  void underTheStreamsProtocolAResultWaitsForTheEndOfThePoll() throws InterruptedException {
    StreamRig rig = rig(1).with(Guarantee.EXACTLY_ONCE_V2, GroupProtocol.STREAMS, 1, 0);
    assertThat(timeToDecision(rig)).isGreaterThan(UPLOAD_WAIT.dividedBy(2));
  }

  private static Duration timeToDecision(StreamRig rig) throws InterruptedException {
    CountDownLatch decided = new CountDownLatch(1);
    rig.kafka = waitingForUploads(rig.kafka);
    rig.observer =
        new StreamObserver() {
          @Override
          public void decided(TagEvent tags, List<AlertEvent> alerts) {
            decided.countDown();
          }
        };
    CompletableFuture<Outcome> result = new CompletableFuture<>();
    ScriptedAnalyzer analyzer = new ScriptedAnalyzer(image -> result);
    rig.start(analyzer);
    rig.upload("img", "x");
    await().atMost(Duration.ofSeconds(30)).until(() -> analyzer.started.get() == 1);
    await().atMost(Duration.ofSeconds(30)).until(() -> isWaitingForUploads(rig));
    long finished = System.nanoTime();
    result.complete(ScriptedAnalyzer.evidence("x"));
    assertThat(decided.await(30, TimeUnit.SECONDS)).isTrue();
    return Duration.ofNanos(System.nanoTime() - finished);
  }

  private static boolean isWaitingForUploads(StreamRig rig) {
    return Thread.getAllStackTraces().entrySet().stream()
        .filter(thread -> thread.getKey().getName().startsWith(rig.kafka.applicationId()))
        .flatMap(thread -> Arrays.stream(thread.getValue()))
        .anyMatch(
            frame ->
                frame.getClassName().endsWith("KafkaConsumer")
                    && frame.getMethodName().equals("poll"));
  }

  @Test
  void anIdleStreamCommitsNothing() {
    StreamRig rig = rig(1);
    rig.start(ScriptedAnalyzer.instant());
    rig.upload("img", "x");
    rig.tags(1);
    awaitCommitted(rig, 1);
    String changelog = rig.kafka.applicationId() + "-window-changelog";
    AtomicReference<Long> last = new AtomicReference<>(-1L);
    // Each commit of a transaction leaves a marker: ten commit intervals without one is idle.
    await()
        .atMost(Duration.ofSeconds(20))
        .pollInterval(Duration.ofSeconds(1))
        .until(
            () -> {
              long end = end(rig, changelog);
              return last.getAndSet(end) == end;
            });
  }

  @Test
  void atLeastOnceNothingStaysBehindInTheStore() {
    StreamRig rig = rig(1).with(Guarantee.AT_LEAST_ONCE, GroupProtocol.CLASSIC, 1, 0);
    ModerationStream first = rig.start(ScriptedAnalyzer.instant());
    for (int i = 0; i < 300; i++) {
      rig.upload("img-" + i, "x");
    }
    rig.tags(300);
    String changelog = rig.kafka.applicationId() + "-window-changelog";
    // One record an upload to remember it, one to forget it.
    await().atMost(Duration.ofSeconds(20)).until(() -> end(rig, changelog) == 600);
    first.close();

    AtomicInteger restored = new AtomicInteger();
    rig.observer =
        new StreamObserver() {
          @Override
          public void restored(int uploads) {
            restored.addAndGet(uploads);
          }
        };
    rig.start(ScriptedAnalyzer.instant());
    rig.upload("last", "x");
    rig.tags(301);
    assertThat(restored).hasValue(0);
  }

  private static void awaitCommitted(StreamRig rig, long offset) {
    TopicPartition partition = new TopicPartition(rig.topics.uploads(), 0);
    await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () -> {
              try (Admin admin = rig.clients().admin()) {
                var committed =
                    StreamRig.get(
                        admin
                            .listConsumerGroupOffsets(rig.kafka.applicationId())
                            .partitionsToOffsetAndMetadata());
                return committed.get(partition) != null
                    && committed.get(partition).offset() == offset;
              }
            });
  }

  private static long end(StreamRig rig, String topic) {
    TopicPartition partition = new TopicPartition(topic, 0);
    try (Admin admin = rig.clients().admin()) {
      return StreamRig.get(
              admin.listOffsets(Map.of(partition, OffsetSpec.latest())).partitionResult(partition))
          .offset();
    }
  }

  private static void assertEachOnce(List<TagEvent> tags, int uploads) {
    Set<String> ids = tags.stream().map(TagEvent::getImageId).collect(Collectors.toSet());
    assertThat(ids).hasSize(uploads);
    assertThat(tags).hasSize(uploads);
  }

  private static void assertEachOnceByPlace(List<TagEvent> tags) {
    Set<String> places = new HashSet<>();
    Map<String, Long> last = new HashMap<>();
    List<String> faults = new ArrayList<>();
    for (TagEvent event : tags) {
      long offset = event.getSource().getOffset();
      if (!places.add(event.getSource().getPartition() + "@" + offset)) {
        faults.add("twice: " + event.getSource());
      }
      Long before = last.put(event.getImageId(), offset);
      if (before != null && before > offset) {
        faults.add("out of order: " + event.getSource() + " after " + before);
      }
    }
    assertThat(faults).isEmpty();
    assertThat(places).hasSize(tags.size());
  }

  /** A device that works on a batch at a time and knows how much waits for it. */
  private static final class Device implements AutoCloseable {
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
    private final List<Runnable> waiting = Collections.synchronizedList(new ArrayList<>());
    private final int batch;
    final AtomicInteger done = new AtomicInteger();
    final AtomicInteger mostWaiting = new AtomicInteger();

    Device(int batch, Duration time) {
      this.batch = batch;
      thread.scheduleAtFixedRate(this::run, 0, time.toMillis(), TimeUnit.MILLISECONDS);
    }

    ScriptedAnalyzer analyzer() {
      return new ScriptedAnalyzer(
          image -> {
            CompletableFuture<Outcome> future = new CompletableFuture<>();
            synchronized (waiting) {
              waiting.add(() -> future.complete(ScriptedAnalyzer.evidence(image)));
              mostWaiting.accumulateAndGet(waiting.size(), Math::max);
            }
            return future;
          });
    }

    private void run() {
      List<Runnable> now = new ArrayList<>();
      synchronized (waiting) {
        List<Runnable> first = waiting.subList(0, Math.min(batch, waiting.size()));
        now.addAll(first);
        first.clear();
      }
      now.forEach(Runnable::run);
      done.addAndGet(now.size());
    }

    @Override
    public void close() {
      thread.shutdownNow();
    }
  }
}
