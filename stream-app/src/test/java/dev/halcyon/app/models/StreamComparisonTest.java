package dev.halcyon.app.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.halcyon.app.broker.KafkaClients;
import dev.halcyon.app.broker.SharedBroker;
import dev.halcyon.app.decision.LabelScores;
import dev.halcyon.app.decision.LabelSetVersion;
import dev.halcyon.app.labels.LabelSetCompiler;
import dev.halcyon.clip.ModelIdentity;
import dev.halcyon.clip.TextEncoder;
import dev.halcyon.events.Embeddings;
import dev.halcyon.events.EvidenceEvent;
import dev.halcyon.events.ModelRef;
import dev.halcyon.events.SourceRef;
import dev.halcyon.events.wire.EmbeddedRegistry;
import dev.halcyon.events.wire.EventSerdes;
import dev.halcyon.labels.LabelSet;
import dev.halcyon.labels.LabelSetReader;
import dev.halcyon.labels.ReadResult;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

/** The evidence of a model and of its shadow, read back from a real broker. */
class StreamComparisonTest {
  private static final ModelIdentity A =
      new ModelIdentity("a", "a".repeat(64), "squares", 2, 100, 0);
  private static final ModelIdentity B =
      new ModelIdentity("b", "b".repeat(64), "squares", 2, 100, 0);
  private static final float[] GUN = {1, 0};
  private static final float[] STREET = {0, 1};

  private final Instant since = Instant.now().minusSeconds(3600);
  private final KafkaClients clients = new KafkaClients(SharedBroker.bootstrapServers());
  private final String topicOfA = KafkaClients.unique("evidence-a");
  private final String topicOfB = KafkaClients.unique("evidence-b");

  @Test
  void uploadsThatBothSawAreHeldAgainstEachOther() throws Exception {
    clients.createTopic(topicOfA, 2, Map.of());
    clients.createTopic(topicOfB, 2, Map.of());
    LabelSet set = set();
    Map<String, Object> client = Map.of("bootstrap.servers", SharedBroker.bootstrapServers());
    try (EmbeddedRegistry registry = EmbeddedRegistry.start();
        EventSerdes serdes = new EventSerdes(Map.of("schema.registry.url", registry.url()))) {
      for (int i = 0; i < 20; i++) {
        send(serdes, topicOfA, event(A, "img-" + i, i, i < 8 ? GUN : STREET));
        if (i % 2 == 0) {
          // The shadow sees every other upload, and no gun on the first.
          send(serdes, topicOfB, event(B, "img-" + i, i, i > 0 && i < 8 ? GUN : STREET));
        }
      }
      // Another upload of a known id, and evidence of a third model, are not mixed in.
      send(serdes, topicOfB, event(B, "img-3", 99, GUN));
      send(serdes, topicOfB, event(A, "img-5", 5, GUN));

      StreamComparison found =
          StreamComparison.of(
              client,
              serdes.decoder(EvidenceEvent.class),
              set,
              new StreamComparison.Side(A, topicOfA, scores(A, set)),
              new StreamComparison.Side(B, topicOfB, scores(B, set)),
              since);

      assertThat(found.seenByA()).isEqualTo(20);
      assertThat(found.seenByB()).isEqualTo(11);
      assertThat(found.passedOver()).isEqualTo(1);
      assertThat(found.labels().images()).isEqualTo(10);
      ModelComparison.Line gun = found.labels().labels().get(0);
      assertThat(gun.firedByA()).isEqualTo(4);
      assertThat(gun.firedByB()).isEqualTo(3);
      assertThat(gun.firedByBoth()).isEqualTo(3);

      assertThatThrownBy(
              () ->
                  StreamComparison.of(
                      client,
                      serdes.decoder(EvidenceEvent.class),
                      set,
                      new StreamComparison.Side(A, topicOfA, scores(A, set)),
                      new StreamComparison.Side(B, "no-such-topic", scores(B, set)),
                      since))
          .hasMessageContaining("no-such-topic");
    }
  }

  private static void send(EventSerdes serdes, String topic, EvidenceEvent event) throws Exception {
    byte[] value = serdes.values(EvidenceEvent.class).serializer().serialize(topic, event);
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", SharedBroker.bootstrapServers()),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      producer
          .send(
              new ProducerRecord<>(
                  topic, event.getImageId().getBytes(StandardCharsets.UTF_8), value))
          .get();
    }
  }

  private static EvidenceEvent event(
      ModelIdentity model, String id, long offset, float[] embedding) {
    return EvidenceEvent.newBuilder()
        .setImageId(id)
        .setModel(new ModelRef(model.id(), model.hash(), model.preprocessingId()))
        .setDimensions(2)
        .setImageEmbedding(Embeddings.encode(embedding))
        .setWidthPixels(640)
        .setHeightPixels(480)
        .setFormat("jpeg")
        .setContentSha256("0".repeat(64))
        .setSource(new SourceRef("image-uploads", 0, offset))
        .setUploadedAt(Instant.now())
        .setAnalyzedAt(Instant.now())
        .build();
  }

  private static LabelSet set() {
    return ((ReadResult.Read)
            LabelSetReader.read(
                """
                name: test
                title: Test
                owner: tests
                groups: [{id: g, background: [street]}]
                labels: [{id: gun, prompts: [gun], threshold: 0.5}]
                """))
        .labelSet();
  }

  private static LabelScores scores(ModelIdentity model, LabelSet set) throws Exception {
    TextEncoder words =
        new TextEncoder() {
          @Override
          public float[][] encode(List<String> prompts) {
            return prompts.stream()
                .map(prompt -> prompt.contains("gun") ? GUN : STREET)
                .map(float[]::clone)
                .toArray(float[][]::new);
          }

          @Override
          public int countTokens(String prompt) {
            return 3;
          }

          @Override
          public int contextLength() {
            return 77;
          }
        };
    return new LabelScores(
        new LabelSetCompiler(words, model)
            .compile(set, new LabelSetVersion("test", 1, "hash"), LocalDate.of(2026, 3, 1)));
  }
}
