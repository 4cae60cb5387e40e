package dev.halcyon.app.topology;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.halcyon.app.audit.CanarySet;
import dev.halcyon.app.broker.SharedBroker;
import dev.halcyon.app.config.BiasConfig;
import dev.halcyon.app.decision.CanaryPolicy;
import dev.halcyon.app.decision.Decider;
import dev.halcyon.app.decision.DeciderSource;
import dev.halcyon.app.decision.LabelSetDecider;
import dev.halcyon.app.decision.LabelSetVersion;
import dev.halcyon.app.labels.CounterfactualAxis;
import dev.halcyon.app.labels.LabelSetCompiler;
import dev.halcyon.app.labels.UnitVectors;
import dev.halcyon.app.labels.WordSpace;
import dev.halcyon.clip.Evidence;
import dev.halcyon.events.AlertAction;
import dev.halcyon.events.AlertEvent;
import dev.halcyon.events.BiasFinding;
import dev.halcyon.events.BiasReport;
import dev.halcyon.events.EvidenceEvent;
import dev.halcyon.events.GroupRate;
import dev.halcyon.events.ImageUpload;
import dev.halcyon.events.RejectEvent;
import dev.halcyon.events.Tag;
import dev.halcyon.events.TagEvent;
import dev.halcyon.labels.LabelSet;
import dev.halcyon.labels.LabelSetReader;
import dev.halcyon.labels.ReadResult;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Rates by label, surface and group on a real broker, decided by real label sets. */
class BiasStreamTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final WordSpace SPACE = new WordSpace("words", 1024);
  private static final String THIEF =
      """
      name: test
      owner: tests
      calibration: {modelId: words, modelHash: "%s", preprocessingId: squares}
      groups: [{id: g, background: [street]}]
      labels:
        - {id: person, prompts: [person]}
        - {id: child, prompts: [child]}
        - id: thief
          prompts: [thief a man]
          severity: 4
          action: %s
          bias:
            sensitive: true
            requiredAlternatives: [person, child]
            axes: [%s]
            maxDemographicParityDifference: 0.02
            maxAdverseRateRatio: 1.25
            waiver: {who: Ann, why: law, until: 2030-12-31}
      """;

  /** What a thief looks like, and a man on the street whom only the label's lean takes for one. */
  private static final String STEALING = "thief*2 man*0.3 street*0.5";

  private static final String MAN = "man on the street";
  private static final String STREET = "street";

  private StreamRig rig;

  @AfterEach
  void close() throws Exception {
    rig.close();
  }

  @Test
  void ratesAreReportedByLabelAndSurface() {
    rig = rig(3, Map.of());
    rig.deciders = deciders("review", "gender");
    rig.start(words());
    for (int i = 0; i < 60; i++) {
      rig.upload(upload("a-" + i, i % 3 == 0 ? STEALING : STREET, "web", Map.of()));
    }
    for (int i = 0; i < 20; i++) {
      rig.upload(upload("b-" + i, MAN, null, Map.of()));
    }
    Map<String, long[]> web = totals("web", 60);
    assertThat(web.get("thief")).containsExactly(60, 20, 0, 0);
    Map<String, long[]> none = totals(null, 20);
    // Fragile and sensitive: to review, every one of them.
    assertThat(none.get("thief")).containsExactly(20, 0, 20, 20);
    assertThat(rig.read(rig.topics.tags(), TagEvent.class, 80))
        .as("counting takes nothing away from the events")
        .hasSize(80);
  }

  @Test
  void whatWasCountedOutlivesARestartAndCountsOnce() {
    rig = rig(2, Map.of());
    rig.deciders = deciders("review", "gender");
    ModerationStream first = rig.start(words());
    for (int i = 0; i < 30; i++) {
      rig.upload(upload("a-" + i, STEALING, "web", Map.of()));
    }
    rig.tags(30);
    first.close();
    rig.start(words());
    for (int i = 0; i < 30; i++) {
      rig.upload(upload("b-" + i, STREET, "web", Map.of()));
    }
    assertThat(totals("web", 60).get("thief")).containsExactly(60, 30, 0, 0);
  }

  @Test
  void aFragileSensitiveLabelGoesToReviewWithBothScoresAndNeverBlocks() {
    rig = rig(1, Map.of());
    rig.deciders = deciders("block", "gender");
    rig.start(words());
    rig.upload(upload("man", MAN, "web", Map.of()));
    rig.upload(upload("thief", STEALING, "web", Map.of()));

    Map<String, AlertEvent> alerts = new HashMap<>();
    rig.read(rig.topics.alerts(), AlertEvent.class, 2)
        .forEach(record -> alerts.put(record.value().getImageId(), record.value()));
    AlertEvent fragile = alerts.get("man");
    assertThat(fragile.getFlags()).containsExactly("BIAS_FRAGILE");
    assertThat(fragile.getAction()).isEqualTo(AlertAction.REVIEW);
    assertThat(fragile.getScore()).isGreaterThan(0.9);
    assertThat(fragile.getExplanation().getCounterfactualScore()).isLessThan(0.1);
    // The negative control: a decision that stands without the group's terms blocks by itself.
    AlertEvent firm = alerts.get("thief");
    assertThat(firm.getFlags()).isEmpty();
    assertThat(firm.getAction()).isEqualTo(AlertAction.BLOCK);
    assertThat(firm.getExplanation().getCounterfactualScore()).isGreaterThan(0.9);
    Map<String, TagEvent> tags = new HashMap<>();
    rig.tags(2).forEach(event -> tags.put(event.getImageId(), event));
    assertThat(tags.get("man").getTags()).isEmpty();
    assertThat(tags.get("man").getFlags()).containsExactly("BIAS_FRAGILE");
    assertThat(tags.get("thief").getTags()).extracting(Tag::getLabel).containsExactly("thief");
  }

  @Test
  void canaryPicturesGiveRatesByGroupAndReachNobody() {
    Map<String, CanarySet.Picture> canaries = new HashMap<>();
    for (int i = 0; i < 80; i++) {
      // Every word of its own, so that no two pictures have the same bytes.
      String men = STEALING + " x" + i + "*0.01";
      String women = STREET + " y" + i + "*0.01";
      canaries.put("sha-of-" + men, picture("man"));
      canaries.put("sha-of-" + women, picture("woman"));
    }
    rig = rig(2, canaries);
    rig.deciders = deciders("block", "gender");
    rig.start(words());
    Map<String, String> mark = Map.of(CanaryMark.ATTRIBUTE, "run-1");
    int sent = 0;
    for (String sha : canaries.keySet()) {
      rig.upload(upload("canary-" + sent++, sha.substring("sha-of-".length()), "web", mark));
    }
    // The same bytes without the mark, a mark on other bytes, and an ordinary upload.
    String known = canaries.keySet().iterator().next().substring("sha-of-".length());
    rig.upload(upload("unmarked", known, "web", Map.of()));
    rig.upload(upload("unknown", STEALING + " z*0.01", "web", mark));
    rig.upload(upload("ordinary", STREET, "web", Map.of()));

    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(300))
        .untilAsserted(() -> assertThat(canaryReport().getImages()).isEqualTo(160));
    BiasReport report = canaryReport();
    assertThat(report.getCanary().getRun()).isEqualTo("run-1");
    assertThat(report.getCanary().getAxis()).isEqualTo("gender");
    assertThat(report.getCanary().getGroups())
        .extracting(GroupRate::getGroup, GroupRate::getImages, GroupRate::getFired)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("man", 80L, 80L),
            org.assertj.core.groups.Tuple.tuple("woman", 80L, 0L));
    assertThat(report.getCanary().getParityDifference().getValue()).isEqualTo(1);
    assertThat(report.getCanary().getParityDifference().getLow()).isGreaterThan(0.9);
    assertThat(report.getCanary().getRatio().getHigh()).isNull();
    assertThat(report.getFindings())
        .extracting(BiasFinding::getKind)
        .containsExactly("rate-difference", "rate-ratio");

    assertThat(ids(rig.read(rig.topics.tags(), TagEvent.class, 2)))
        .containsExactlyInAnyOrder("unmarked", "ordinary");
    assertThat(ids(rig.readToEnd(rig.topics.alerts(), AlertEvent.class)))
        .isSubsetOf("unmarked", "ordinary");
    assertThat(ids(rig.readToEnd(rig.topics.evidence(), EvidenceEvent.class)))
        .containsExactlyInAnyOrder("unmarked", "ordinary");
    List<ConsumerRecord<String, RejectEvent>> rejects =
        rig.readToEnd(rig.topics.rejects(), RejectEvent.class);
    assertThat(ids(rejects)).containsExactly("unknown");
    assertThat(rejects.get(0).value().getDetail()).contains("bias.canaries");
    assertThat(totals("web", 2).get("thief")[0]).as("canaries are in no window").isEqualTo(2);
  }

  @Test
  void withoutReportsAMarkedUploadIsRejected() {
    rig = new StreamRig(SharedBroker.bootstrapServers(), 1);
    rig.deciders = deciders("block", "gender");
    rig.start(words());
    rig.upload(upload("marked", STEALING, "web", Map.of(CanaryMark.ATTRIBUTE, "run-1")));
    assertThat(ids(rig.read(rig.topics.rejects(), RejectEvent.class, 1))).containsExactly("marked");
    assertThat(rig.readToEnd(rig.topics.tags(), TagEvent.class)).isEmpty();
  }

  private static StreamRig rig(int partitions, Map<String, CanarySet.Picture> canaries) {
    StreamRig rig = new StreamRig(SharedBroker.bootstrapServers(), partitions);
    rig.reportBias(new BiasConfig(Duration.ofSeconds(1), 200, "none"), "test-set", canaries);
    return rig;
  }

  private static CanarySet.Picture picture(String gender) {
    return new CanarySet.Picture(
        gender + ".png", "0".repeat(64), Map.of("gender", gender), List.of());
  }

  private static DeciderSource deciders(String action, String axes) {
    LabelSet set =
        ((ReadResult.Read) LabelSetReader.read(THIEF.formatted(SPACE.model().hash(), action, axes)))
            .labelSet();
    Decider decider;
    try {
      decider =
          new LabelSetDecider(
              new LabelSetCompiler(SPACE, SPACE.model())
                  .compile(set, new LabelSetVersion("test", 1, "hash"), LocalDate.of(2026, 6, 1)));
    } catch (Exception e) {
      throw new AssertionError(e);
    }
    return new DeciderSource() {
      @Override
      public Decider forSurface(Optional<String> surface) {
        return decider;
      }

      @Override
      public CanaryPolicy forCanaries(Optional<String> surface) {
        return new CanaryPolicy(decider, set.labels());
      }
    };
  }

  /** An engine that sees in a picture the words it is made of. */
  private static ScriptedAnalyzer words() {
    return new ScriptedAnalyzer(
        image ->
            CompletableFuture.completedFuture(
                new Evidence(
                    SPACE.model(),
                    image.equals(MAN) ? man() : SPACE.embed(image),
                    Optional.empty(),
                    64,
                    64,
                    "png",
                    "sha-of-" + image,
                    false)));
  }

  /** Along the direction that stands for men, and a little along the street. */
  private static float[] man() {
    List<float[]> sentences =
        CounterfactualAxis.GENDER.groups().get(0).sentences().stream().map(SPACE::embed).toList();
    float[] sum = UnitVectors.mean(sentences).orElseThrow().clone();
    float[] street = SPACE.embed(STREET);
    double length = 0;
    for (int d = 0; d < sum.length; d++) {
      sum[d] += 0.3f * street[d];
      length += (double) sum[d] * sum[d];
    }
    for (int d = 0; d < sum.length; d++) {
      sum[d] /= (float) Math.sqrt(length);
    }
    return sum;
  }

  private static ImageUpload upload(
      String id, String image, String surface, Map<String, String> attributes) {
    return ImageUpload.newBuilder()
        .setImageId(id)
        .setBytes(ByteBuffer.wrap(image.getBytes(UTF_8)))
        .setUploadedAt(Instant.now())
        .setSurface(surface)
        .setAttributes(attributes)
        .build();
  }

  private static List<String> ids(List<? extends ConsumerRecord<String, ?>> records) {
    return records.stream().map(ConsumerRecord::key).toList();
  }

  private BiasReport canaryReport() {
    return reports().values().stream()
        .filter(report -> report.getCanary() != null && report.getLabel().equals("thief"))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no report yet"));
  }

  /** The last report of each key. */
  private Map<String, BiasReport> reports() {
    Map<String, BiasReport> last = new HashMap<>();
    rig.readToEnd(rig.topics.biasReports(), BiasReport.class)
        .forEach(record -> last.put(record.key(), record.value()));
    return last;
  }

  /** Images, fired, review and fragile of each label on a surface, over all windows. */
  private Map<String, long[]> totals(String surface, long images) {
    Map<String, long[]> totals = new HashMap<>();
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(300))
        .untilAsserted(
            () -> {
              totals.clear();
              Map<String, Map<Instant, Long>> seen = new HashMap<>();
              for (BiasReport report : reports().values()) {
                if (report.getCanary() == null
                    && java.util.Objects.equals(report.getSurface(), surface)) {
                  long[] sum = totals.computeIfAbsent(report.getLabel(), none -> new long[4]);
                  sum[0] += report.getImages();
                  sum[1] += report.getFired();
                  sum[2] += report.getReview();
                  sum[3] += report.getFragile();
                  seen.computeIfAbsent(report.getLabel(), none -> new HashMap<>())
                      .put(report.getWindowStart(), report.getImages());
                }
              }
              assertThat(totals).containsKey("thief");
              assertThat(totals.get("thief")[0]).isEqualTo(images);
            });
    return totals;
  }
}
