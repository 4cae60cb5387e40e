package dev.halcyon.bench.redecide;

import dev.halcyon.app.broker.EmbeddedBroker;
import dev.halcyon.app.config.AppConfig;
import dev.halcyon.app.config.ConfigLoader;
import dev.halcyon.app.history.EvidenceHistory;
import dev.halcyon.app.history.Preview;
import dev.halcyon.app.labels.LabelSetRefusedException;
import dev.halcyon.app.labels.LabelSetSnapshot;
import dev.halcyon.app.topology.Topics;
import dev.halcyon.app.topology.TopicsAdmin;
import dev.halcyon.clip.Evidence;
import dev.halcyon.events.Embeddings;
import dev.halcyon.events.EvidenceEvent;
import dev.halcyon.events.ModelRef;
import dev.halcyon.events.SourceRef;
import dev.halcyon.events.wire.EmbeddedRegistry;
import dev.halcyon.events.wire.EventSerdes;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

/** Evidence on a broker in this process, read and decided as {@code labels preview} does. */
final class KeptHistory implements AutoCloseable {
  private final SyntheticHistory history;
  private final EmbeddedBroker broker;
  private final EmbeddedRegistry registry;
  private final AppConfig config;
  private final EventSerdes serdes;

  KeptHistory(SyntheticHistory history) {
    this.history = history;
    this.broker = EmbeddedBroker.start();
    this.registry = EmbeddedRegistry.start();
    this.config =
        new ConfigLoader()
            .parse(
                """
                kafka: {bootstrapServers: "%s"}
                topics: {partitions: 4, replicationFactor: 1}
                serdes: {properties: {schema.registry.url: "%s"}}
                """
                    .formatted(broker.bootstrapServers(), registry.url()),
                "the bench's configuration",
                Map.of());
    try (TopicsAdmin admin = TopicsAdmin.connect(config.kafka())) {
      admin.create(Topics.of(config.topics(), config.images().maxBytes()));
    }
    this.serdes =
        new EventSerdes(
            config.serdes().serializer(),
            config.serdes().deserializer(),
            config.serdes().clientProperties());
  }

  void write(List<Evidence> images) {
    Map<String, Object> properties = config.kafka().clientProperties();
    properties.put("linger.ms", 20);
    properties.put("batch.size", 1 << 19);
    Instant now = Instant.now();
    try (KafkaProducer<String, EvidenceEvent> producer =
        new KafkaProducer<>(
            properties, new StringSerializer(), serdes.values(EvidenceEvent.class).serializer())) {
      for (int i = 0; i < images.size(); i++) {
        String imageId = "image-" + i;
        producer.send(
            new ProducerRecord<>(
                config.topics().evidence(), imageId, event(imageId, images.get(i), i, now)));
      }
    }
  }

  /** One preview of everything; gives the images decided. */
  long preview() {
    LabelSetSnapshot none = LabelSetSnapshot.none(history.compiler(), LocalDate.of(2026, 1, 1));
    try {
      LabelSetSnapshot before = none.with(history.set(), SyntheticHistory.version());
      LabelSetSnapshot after = none.with(history.set(), SyntheticHistory.version());
      EvidenceHistory past =
          EvidenceHistory.open(
              new EvidenceHistory.Settings(
                  config.kafka().clientProperties(),
                  config.topics().evidence(),
                  Instant.EPOCH,
                  Instant.ofEpochMilli(Long.MAX_VALUE),
                  Optional.empty(),
                  Duration.ofSeconds(30)),
              serdes.decoder(EvidenceEvent.class),
              history.model());
      return new Preview(before, after, 12).run(past, done -> {}).reading().images();
    } catch (LabelSetRefusedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static EvidenceEvent event(String imageId, Evidence evidence, int offset, Instant now) {
    return EvidenceEvent.newBuilder()
        .setImageId(imageId)
        .setModel(
            new ModelRef(
                evidence.model().id(), evidence.model().hash(), evidence.model().preprocessingId()))
        .setDimensions(evidence.model().dimensions())
        .setImageEmbedding(Embeddings.encode(evidence.embedding()))
        .setWidthPixels(evidence.widthPixels())
        .setHeightPixels(evidence.heightPixels())
        .setFormat(evidence.format())
        .setContentSha256(evidence.contentSha256())
        .setSource(new SourceRef("image-uploads", 0, (long) offset))
        .setUploadedAt(now)
        .setAnalyzedAt(now)
        .build();
  }

  @Override
  public void close() {
    serdes.close();
    registry.close();
    broker.close();
  }
}
