package dev.halcyon.app.labels;

import static dev.halcyon.app.labels.LabelTopics.looksFor;
import static dev.halcyon.app.labels.LabelTopics.record;
import static dev.halcyon.app.labels.LabelTopics.set;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.halcyon.app.MovableClock;
import dev.halcyon.app.broker.KafkaClients;
import dev.halcyon.app.broker.SharedBroker;
import dev.halcyon.app.decision.Decider;
import dev.halcyon.app.decision.Decision;
import dev.halcyon.app.decision.LabelDecision;
import dev.halcyon.app.decision.LabelDecision.Standing;
import dev.halcyon.app.decision.LabelSetVersion;
import dev.halcyon.clip.Evidence;
import dev.halcyon.clip.TextAnalysis;
import dev.halcyon.events.LabelSetRecord;
import dev.halcyon.events.LabelSetState;
import dev.halcyon.events.LabelSetStatus;
import dev.halcyon.labels.LabelSet;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class LabelSetFeedTest {
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final Optional<String> ANYWHERE = Optional.empty();

  private static final String CALIBRATED_FOR_ANOTHER =
      "calibration: {modelId: other, modelHash: \"%s\", preprocessingId: squares}"
          .formatted("d".repeat(64));

  private final LabelTopics topics = new LabelTopics(SharedBroker.bootstrapServers(), 2);
  private final WordSpace words = new WordSpace();
  private final List<LabelSetFeed> feeds = new ArrayList<>();

  @AfterEach
  void close() {
    feeds.forEach(LabelSetFeed::close);
    topics.close();
  }

  @Test
  void decidesByWhatIsThereBeforeItReturns() {
    StoredVersion published = topics.publish(looksFor("default", "gun"));

    LabelSetFeed feed = feed("a");

    assertThat(labels(feed, "gun")).containsExactly("gun");
    assertThat(labels(feed, "dog")).isEmpty();
    assertThat(feed.versions())
        .containsExactly(new LabelSetVersion("default", 1, published.contentHash()));
    assertThat(feed.problem()).isEmpty();
    await().atMost(SOON).until(() -> topics.states("a").equals(List.of("1 LOADED", "1 ACTIVE")));
    LabelSetStatus active = topics.lastStatus("a");
    assertThat(active.getActiveVersion()).isEqualTo(1);
    assertThat(active.getContentHash()).isEqualTo(published.contentHash());
    assertThat(active.getModel().getHash()).isEqualTo(words.model().hash());
    assertThat(active.getProblems()).singleElement().asString().contains("calibration is missing");
  }

  @Test
  void anEditIsInForceOnEveryInstanceWithinTwoSeconds() {
    topics.publish(looksFor("default", "gun"));
    LabelSetFeed a = feed("a");
    LabelSetFeed b = feed("b");

    topics.publish(looksFor("default", "dog"));

    await()
        .atMost(Duration.ofSeconds(2))
        .pollInterval(Duration.ofMillis(20))
        .untilAsserted(
            () -> {
              assertThat(labels(a, "dog")).containsExactly("dog");
              assertThat(labels(b, "dog")).containsExactly("dog");
            });
    assertThat(labels(a, "gun")).isEmpty();
    await()
        .atMost(SOON)
        .until(
            () ->
                topics.hasStatus("a", 2, LabelSetState.ACTIVE)
                    && topics.hasStatus("b", 2, LabelSetState.ACTIVE));
  }

  @Test
  void anImageIsDecidedByOneVersionWhileAnotherComesIn() {
    topics.publish(looksFor("default", "gun"));
    LabelSetFeed feed = feed("a");
    Decider before = feed.forSurface(ANYWHERE);

    topics.publish(looksFor("default", "dog"));
    await().atMost(SOON).until(() -> feed.versions().get(0).version() == 2);

    assertThat(before.labelSet().version()).isEqualTo(1);
    assertThat(before.decide(image("gun"), context()).labelSet().version()).isEqualTo(1);
    assertThat(feed.forSurface(ANYWHERE).labelSet().version()).isEqualTo(2);
  }

  @Test
  void aRecordThatCannotBeUsedNeverReplacesOneThatCan() {
    topics.publish(looksFor("default", "gun"));
    LabelSetFeed feed = feed("a");
    LabelSet faulty = looksFor("default", "dog");
    List<LabelSetRecord> bad =
        List.of(
            record(looksFor("other", "dog"), 2),
            LabelSetRecord.newBuilder(record(faulty, 3)).setDocument("{}").build(),
            LabelSetRecord.newBuilder(record(faulty, 4)).setContentHash("0".repeat(64)).build(),
            record(faulty, 0),
            record(
                looksFor(
                    "default",
                    "dog",
                    "calibration: {modelId: other, modelHash: \"%s\", preprocessingId: squares}"
                        .formatted("d".repeat(64))),
                5),
            record(
                set(
                    "default",
                    """
                    groups: [{id: g, background: [street]}]
                    labels: [{id: long, prompts: ["%s"]}]
                    """
                        .formatted("word ".repeat(30).strip())),
                6));

    for (LabelSetRecord record : bad) {
      topics.write("default", record);
      await()
          .atMost(SOON)
          .until(() -> topics.hasStatus("a", record.getVersion(), LabelSetState.REFUSED));
      LabelSetStatus refused = topics.lastStatus("a");
      assertThat(refused.getActiveVersion()).isEqualTo(1);
      assertThat(refused.getProblems()).isNotEmpty();
      assertThat(labels(feed, "gun")).containsExactly("gun");
      assertThat(feed.problem()).isEmpty();
    }
    topics.writeBytes("default", new byte[] {1, 2, 3});
    await()
        .atMost(SOON)
        .until(
            () -> topics.lastStatus("a").getProblems().toString().contains("no label set record"));
    assertThat(labels(feed, "gun")).containsExactly("gun");

    topics.write("default", record(faulty, 7));
    await().atMost(SOON).until(() -> labels(feed, "dog").equals(List.of("dog")));
  }

  @Test
  void problemsNamePathAndRemedy() {
    topics.publish(looksFor("default", "gun"));
    feed("a");
    topics.write(
        "default",
        LabelSetRecord.newBuilder(record(looksFor("default", "dog"), 2))
            .setDocument("{\"name\": \"default\", \"threshold\": 3}")
            .build());

    await().atMost(SOON).until(() -> topics.hasStatus("a", 2, LabelSetState.REFUSED));
    assertThat(topics.lastStatus("a").getProblems())
        .anySatisfy(problem -> assertThat(problem).contains("threshold"))
        .anySatisfy(problem -> assertThat(problem).contains("owner"))
        .anySatisfy(problem -> assertThat(problem).contains("contentHash"));
  }

  @Test
  void aRestartAndALateJoinerFindTheLastGoodVersionBehindABadOne() {
    topics.publish(looksFor("default", "gun"));
    topics.publish(looksFor("default", "dog"));
    topics.writeBytes("default", new byte[] {1, 2, 3});

    LabelSetFeed first = feed("a");
    assertThat(labels(first, "dog")).containsExactly("dog");
    await().atMost(SOON).until(() -> topics.hasStatus("a", 0, LabelSetState.REFUSED));
    first.close();

    LabelSetFeed again = feed("a");
    LabelSetFeed late = feed("b");
    assertThat(again.versions()).isEqualTo(late.versions());
    assertThat(labels(late, "dog")).containsExactly("dog");
  }

  @Test
  void theLastGoodVersionIsFoundInTheHistoryOnceTheTopicIsCompacted() {
    StoredVersion good = topics.publish(looksFor("default", "gun"));
    // What compaction leaves of the topic: the bad record alone.
    LabelTopics compacted = new LabelTopics(SharedBroker.bootstrapServers(), 1);
    try {
      compacted.writeBytes("default", new byte[] {1, 2, 3});
      LabelSetFeed feed =
          LabelSetFeed.start(
              new LabelSetFeed.Settings(
                  topics.client(),
                  compacted.config,
                  topics.history,
                  topics.status,
                  "a",
                  LabelTopics.PATIENCE,
                  AlertQuota.defaults()),
              topics.parts(words, Clock.systemUTC(), LabelSetObserver.none()));
      feeds.add(feed);

      assertThat(labels(feed, "gun")).containsExactly("gun");
      assertThat(feed.versions().get(0).contentHash()).isEqualTo(good.contentHash());
      await().atMost(SOON).until(() -> topics.hasStatus("a", 0, LabelSetState.REFUSED));
      assertThat(topics.lastStatus("a").getActiveVersion()).isEqualTo(1);
    } finally {
      compacted.close();
    }
  }

  @Test
  void aTombstoneRetiresASet() {
    topics.publish(looksFor("default", "gun"));
    topics.publish(looksFor("chat", "dog", "surfaces: [chat]"));
    LabelSetFeed feed = feed("a");
    assertThat(labels(feed, "dog", Optional.of("chat"))).containsExactly("dog");

    topics.store().retire("chat", 1, "ann", "no longer wanted");

    await()
        .atMost(SOON)
        .until(() -> labels(feed, "gun", Optional.of("chat")).equals(List.of("gun")));
    await().atMost(SOON).until(() -> topics.hasStatus("a", 1, LabelSetState.RETIRED));
    assertThat(feed.problem()).isEmpty();
    // A bad record afterwards does not bring back what was retired.
    topics.writeBytes("chat", new byte[] {1});
    await().atMost(SOON).until(() -> topics.hasStatus("a", 0, LabelSetState.REFUSED));
    assertThat(feed.versions()).extracting(LabelSetVersion::name).containsExactly("default");
  }

  @Test
  void withoutAnySetTheInstanceIsNotReadyAndDecidesByNone() {
    topics.publish(looksFor("default", "gun"));
    LabelSetFeed feed = feed("a");

    topics.store().retire("default", 1, "ann", "oops");

    await().atMost(SOON).until(() -> feed.problem().isPresent());
    assertThat(feed.problem().get()).contains("no label set is in force");
    Decision decision = feed.forSurface(ANYWHERE).decide(image("gun"), context());
    assertThat(decision.labelSet()).isEqualTo(new LabelSetVersion("none", 0, ""));
    assertThat(decision.labels()).isEmpty();
    // Publishing it again makes all well again.
    topics.publish(looksFor("default", "gun"));
    await().atMost(SOON).until(() -> feed.problem().isEmpty());
    assertThat(feed.versions().get(0).version()).isEqualTo(3);
  }

  @Test
  void aSurfaceNoSetDecidesIsCountedAndStopsNothing() {
    List<String> undecided = new CopyOnWriteArrayList<>();
    topics.publish(looksFor("chat", "dog", "surfaces: [chat]"));
    LabelSetFeed feed =
        LabelSetFeed.start(
            topics.settings("a"), topics.parts(words, Clock.systemUTC(), new Recorder(undecided)));
    feeds.add(feed);

    Decision decision = feed.forSurface(Optional.of("elsewhere")).decide(image("dog"), context());

    assertThat(decision.labelSet().name()).isEqualTo("none");
    assertThat(undecided).contains("undecided");
    assertThat(feed.problem()).isEmpty();
  }

  @Test
  void setsSideBySideAreChosenBySurface() {
    topics.publish(looksFor("default", "gun"));
    topics.publish(looksFor("chat", "dog", "surfaces: [chat, mail]"));
    topics.publish(
        set(
            "trial",
            """
            surfaces: [mail]
            status: shadow
            groups: [{id: g, background: [street]}]
            labels: [{id: cat, prompts: [cat], typographic: off}]
            """));
    LabelSetFeed feed = feed("a");

    assertThat(labels(feed, "gun")).containsExactly("gun");
    assertThat(labels(feed, "gun", Optional.of("unknown"))).containsExactly("gun");
    assertThat(labels(feed, "gun", Optional.of("chat"))).isEmpty();
    assertThat(labels(feed, "dog", Optional.of("mail"))).containsExactly("dog");
    Decision mail = feed.forSurface(Optional.of("mail")).decide(image("cat dog"), context());
    assertThat(mail.labelSet().name()).isEqualTo("chat");
    assertThat(mail.labels())
        .extracting(LabelDecision::label, LabelDecision::standing)
        .containsExactlyInAnyOrder(
            org.assertj.core.groups.Tuple.tuple("dog", Standing.FIRED),
            org.assertj.core.groups.Tuple.tuple("trial/cat", Standing.SHADOW));
    assertThat(feed.textAnalysis(Optional.of("chat"))).isEqualTo(TextAnalysis.ALWAYS);
  }

  @Test
  void ofTwoSetsThatClaimASurfaceTheSameOneDecidesEverywhereAndTheOtherIsTold() {
    topics.publish(looksFor("second", "dog"));
    LabelSetFeed early = feed("a");
    assertThat(labels(early, "dog")).containsExactly("dog");

    topics.publish(looksFor("first", "gun"));
    await().atMost(SOON).until(() -> labels(early, "gun").equals(List.of("gun")));
    LabelSetFeed late = feed("b");

    assertThat(labels(late, "gun")).containsExactly("gun");
    assertThat(labels(late, "dog")).isEmpty();
    await()
        .atMost(SOON)
        .untilAsserted(
            () ->
                assertThat(topics.statuses("a"))
                    .anySatisfy(
                        status -> {
                          assertThat(status.getName()).isEqualTo("second");
                          assertThat(status.getState()).isEqualTo(LabelSetState.LOADED);
                          assertThat(status.getProblems().toString())
                              .contains("already decided by set first");
                        }));
  }

  @Test
  void thresholdsOfAnotherModelNeedAWaiver() {
    topics.publish(looksFor("default", "gun"));
    LabelSetFeed feed = feed("a");

    topics.publish(looksFor("default", "dog", CALIBRATED_FOR_ANOTHER));
    await().atMost(SOON).until(() -> topics.hasStatus("a", 2, LabelSetState.REFUSED));
    assertThat(topics.lastStatus("a").getProblems().toString())
        .contains("calibration.modelHash")
        .contains("other");

    topics.publish(
        looksFor("default", "cat", CALIBRATED_FOR_ANOTHER),
        Optional.of("ann: tried by hand, until May"));
    await().atMost(SOON).until(() -> labels(feed, "cat").equals(List.of("cat")));
    await().atMost(SOON).until(() -> topics.hasStatus("a", 3, LabelSetState.ACTIVE));
    assertThat(topics.lastStatus("a").getProblems().toString())
        .contains("waived (ann: tried by hand, until May)");
  }

  /** Else an older, uncalibrated version would come into force with the new model, unnoticed. */
  @Test
  void aModelIsNotSwappedUnderASetCalibratedForAnother() {
    topics.publish(looksFor("default", "gun"));
    topics.publish(looksFor("default", "dog", CALIBRATED_FOR_ANOTHER));
    assertThatThrownBy(() -> feed("a"))
        .isInstanceOf(LabelTopicException.class)
        .hasMessageContaining("calibrated for another model than this instance runs")
        .hasMessageContaining("is of model other")
        .hasMessageContaining("publish a version calibrated for this model first");

    topics.publish(looksFor("default", "cat"));
    assertThat(labels(feed("b"), "cat")).isEqualTo(List.of("cat"));
  }

  @Test
  void aLabelStopsBeingScoredTheDayAfterItExpires() {
    topics.publish(
        set(
            "default",
            """
            groups: [{id: g, background: [street]}]
            labels:
              - {id: gun, prompts: [gun], expires: 2026-05-01}
              - {id: dog, prompts: [dog]}
            """));
    MovableClock clock = new MovableClock(Instant.parse("2026-05-01T23:59:58Z"));
    LabelSetFeed feed =
        LabelSetFeed.start(
            topics.settings("a"), topics.parts(words, clock, LabelSetObserver.none()));
    feeds.add(feed);
    assertThat(labels(feed, "gun")).containsExactly("gun");

    clock.advance(Duration.ofSeconds(2));

    await().atMost(SOON).until(() -> labels(feed, "gun").isEmpty());
    assertThat(labels(feed, "dog")).containsExactly("dog");
    assertThat(feed.versions().get(0).version()).isEqualTo(1);
  }

  @Test
  void aLabelThatFloodsGoesToShadowLoudlyAndComesBackWithTheNextVersion() {
    List<String> events = new CopyOnWriteArrayList<>();
    topics.publish(looksFor("default", "gun", "alertQuota: 0.3"));
    LabelSetFeed feed =
        LabelSetFeed.start(
            new LabelSetFeed.Settings(
                topics.client(),
                topics.config,
                topics.history,
                topics.status,
                "a",
                LabelTopics.PATIENCE,
                new AlertQuota(Duration.ofMinutes(10), 50)),
            topics.parts(words, Clock.systemUTC(), new Recorder(events)));
    feeds.add(feed);

    for (int i = 0; i < 50; i++) {
      feed.forSurface(ANYWHERE).decide(image(i % 2 == 0 ? "dog" : "gun"), context());
    }

    assertThat(feed.forSurface(ANYWHERE).decide(image("gun"), context()).labels())
        .singleElement()
        .extracting(LabelDecision::standing)
        .isEqualTo(Standing.SHADOW);
    assertThat(events).contains("default/gun over quota");
    await()
        .atMost(SOON)
        .until(() -> topics.lastStatus("a").getProblems().toString().contains("above alertQuota"));
    assertThat(topics.lastStatus("a").getState()).isEqualTo(LabelSetState.ACTIVE);
    assertThat(topics.lastStatus("a").getProblems().toString())
        .contains("labels.gun alerted on 25 of the last 50 images, above alertQuota 0.3");

    topics.publish(looksFor("default", "gun", "alertQuota: 0.9"));
    await().atMost(SOON).until(() -> feed.versions().get(0).version() == 2);
    assertThat(feed.forSurface(ANYWHERE).decide(image("gun"), context()).labels())
        .singleElement()
        .extracting(LabelDecision::standing)
        .isEqualTo(Standing.FIRED);
  }

  @Test
  void anInstanceThatLeavesTakesItsStatusBack() {
    topics.publish(looksFor("default", "gun"));
    LabelSetFeed feed = feed("a");
    await().atMost(SOON).until(() -> topics.hasStatus("a", 1, LabelSetState.ACTIVE));

    feed.close();

    var records =
        topics.clients.readToEnd(
            topics.status, topics.serdes.values(LabelSetStatus.class).deserializer());
    assertThat(records.get(records.size() - 1).key()).isEqualTo("default/a");
    assertThat(records.get(records.size() - 1).value()).isNull();
  }

  @Test
  void aStartWaitsForAFirstSet() throws Exception {
    AtomicBoolean started = new AtomicBoolean();
    Thread starting =
        new Thread(
            () -> {
              feeds.add(feed("a"));
              started.set(true);
            });
    starting.start();

    topics.publish(looksFor("default", "gun"));

    await().atMost(SOON).untilTrue(started);
    starting.join();
    assertThat(labels(feeds.get(feeds.size() - 1), "gun")).containsExactly("gun");
  }

  @Test
  void aStartWithoutAUsableSetSaysWhatIsThereAndWhatToDo() {
    topics.writeBytes("broken", new byte[] {1, 2});

    assertThatThrownBy(() -> startWithin(Duration.ofSeconds(3), topics.config))
        .isInstanceOf(LabelTopicException.class)
        .hasMessageContaining(topics.config)
        .hasMessageContaining(SharedBroker.bootstrapServers())
        .hasMessageContaining("broken")
        .hasMessageContaining("halcyon labels apply");
  }

  @Test
  void aStartWithoutTheTopicSaysHowToMakeIt() {
    String missing = KafkaClients.unique("no-such-topic");

    assertThatThrownBy(() -> startWithin(Duration.ofSeconds(5), missing))
        .isInstanceOf(LabelTopicException.class)
        .hasMessageContaining(missing)
        .hasMessageContaining("halcyon topics create");
  }

  @Test
  void aStartWithoutABrokerNamesTheAddress() {
    assertThatThrownBy(
            () ->
                LabelSetFeed.start(
                    new LabelSetFeed.Settings(
                        Map.of("bootstrap.servers", "localhost:1"),
                        "label-config",
                        "label-config-history",
                        "label-config-status",
                        "a",
                        Duration.ofSeconds(2),
                        AlertQuota.defaults()),
                    topics.parts(words, Clock.systemUTC(), LabelSetObserver.none())))
        .isInstanceOf(LabelTopicException.class)
        .hasMessageContaining("localhost:1")
        .hasMessageContaining("label-config");
  }

  private void startWithin(Duration deadline, String topic) {
    LabelSetFeed.start(
        new LabelSetFeed.Settings(
            topics.client(),
            topic,
            topics.history,
            topics.status,
            "a",
            deadline,
            AlertQuota.defaults()),
        topics.parts(words, Clock.systemUTC(), LabelSetObserver.none()));
  }

  private LabelSetFeed feed(String instanceId) {
    LabelSetFeed feed = topics.feed(instanceId);
    feeds.add(feed);
    return feed;
  }

  private List<String> labels(LabelSetFeed feed, String thing) {
    return labels(feed, thing, ANYWHERE);
  }

  private List<String> labels(LabelSetFeed feed, String thing, Optional<String> surface) {
    return feed
        .forSurface(surface)
        .decide(image(thing), new Decider.Context("image-1", surface))
        .labels()
        .stream()
        .map(LabelDecision::label)
        .toList();
  }

  private Evidence image(String things) {
    return new Evidence(
        words.model(),
        words.embed(things),
        Optional.empty(),
        640,
        480,
        "jpeg",
        "0".repeat(64),
        false);
  }

  private static Decider.Context context() {
    return new Decider.Context("image-1", ANYWHERE);
  }

  private record Recorder(List<String> events) implements LabelSetObserver {
    @Override
    public void inForce(LabelSetVersion version) {
      events.add(version.name() + " in force");
    }

    @Override
    public void retired(String name) {
      events.add(name + " retired");
    }

    @Override
    public void refused(String name) {
      events.add(name + " refused");
    }

    @Override
    public void overQuota(LabelSetVersion version, String label) {
      events.add(version.name() + "/" + label + " over quota");
    }

    @Override
    public void undecided() {
      events.add("undecided");
    }
  }
}
