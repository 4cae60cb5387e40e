package dev.halcyon.app.topology;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.halcyon.app.audit.CanarySet;
import dev.halcyon.app.broker.KafkaClients;
import dev.halcyon.app.config.BiasConfig;
import dev.halcyon.app.config.GroupProtocol;
import dev.halcyon.app.config.Guarantee;
import dev.halcyon.app.config.KafkaConfig;
import dev.halcyon.app.config.TopicsConfig;
import dev.halcyon.app.config.WindowConfig;
import dev.halcyon.app.decision.DeciderSource;
import dev.halcyon.clip.ImageAnalyzer;
import dev.halcyon.clip.TextAnalysis;
import dev.halcyon.events.AlertEvent;
import dev.halcyon.events.BiasReport;
import dev.halcyon.events.EvidenceEvent;
import dev.halcyon.events.ImageUpload;
import dev.halcyon.events.RejectEvent;
import dev.halcyon.events.TagEvent;
import dev.halcyon.events.wire.EmbeddedRegistry;
import dev.halcyon.events.wire.EventSerdes;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serializer;

/**
 * One application on a real broker, with topics of its own: instances are started and closed,
 * uploads go in, and what is committed is read back.
 */
final class StreamRig implements AutoCloseable {
  private final KafkaClients clients;
  private final KafkaProducer<byte[], byte[]> producer;
  private final List<AutoCloseable> open = new ArrayList<>();
  private final EmbeddedRegistry registry = EmbeddedRegistry.start();
  private final EventSerdes serdes = new EventSerdes(Map.of("schema.registry.url", registry.url()));
  private final Serializer<ImageUpload> uploads = serdes.values(ImageUpload.class).serializer();

  final TopicsConfig topics;
  KafkaConfig kafka;
  WindowConfig window = WindowConfig.defaults();
  Optional<BiasReporting> bias = Optional.empty();
  DeciderSource deciders = surface -> new TestDecider(1);
  StreamObserver observer = StreamObserver.NONE;
  Serializer<TagEvent> tagSerializer = serdes.values(TagEvent.class).serializer();

  StreamRig(String bootstrapServers, int partitions) {
    clients = new KafkaClients(bootstrapServers);
    String name = KafkaClients.unique("stream");
    TopicsConfig defaults = TopicsConfig.defaults();
    topics =
        new TopicsConfig(
            name + "-uploads",
            name + "-tags",
            name + "-alerts",
            name + "-rejects",
            name + "-evidence",
            true,
            name + "-labels",
            name + "-history",
            name + "-status",
            name + "-bias-report",
            name + "-bias-counts",
            true,
            partitions,
            1,
            defaults.uploadRetention(),
            defaults.eventRetention(),
            defaults.evidenceRetention());
    for (String topic :
        List.of(
            topics.uploads(),
            topics.tags(),
            topics.alerts(),
            topics.rejects(),
            topics.evidence())) {
      clients.createTopic(topic, partitions, Map.of());
    }
    kafka = kafka(Guarantee.EXACTLY_ONCE_V2, GroupProtocol.CLASSIC, 1, 0, name, bootstrapServers);
    producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", bootstrapServers, "acks", "all", "linger.ms", 5),
            new ByteArraySerializer(),
            new ByteArraySerializer());
  }

  /** Reports rates, and takes these canary pictures. */
  void reportBias(BiasConfig config, String canarySet, Map<String, CanarySet.Picture> canaries) {
    clients.createTopic(topics.biasReports(), 1, Map.of());
    clients.createTopic(topics.biasCounts(), 1, Map.of());
    bias =
        Optional.of(
            new BiasReporting(
                config, canarySet, canaries, serdes.values(BiasReport.class).serializer()));
  }

  StreamRig with(Guarantee guarantee, GroupProtocol protocol, int threads, int standbys) {
    kafka =
        kafka(
            guarantee,
            protocol,
            threads,
            standbys,
            kafka.applicationId(),
            kafka.bootstrapServers());
    return this;
  }

  private static KafkaConfig kafka(
      Guarantee guarantee,
      GroupProtocol protocol,
      int threads,
      int standbys,
      String application,
      String bootstrapServers) {
    return new KafkaConfig(
        bootstrapServers,
        application,
        guarantee,
        protocol,
        threads,
        Duration.ofMillis(100),
        Duration.ofMillis(10),
        Duration.ofSeconds(8),
        Duration.ofSeconds(30),
        Duration.ofSeconds(6),
        Duration.ofSeconds(1),
        standbys,
        100,
        Map.of());
  }

  /** Starts an instance and waits until it runs. */
  ModerationStream start(ImageAnalyzer analyzer) {
    window.checkAgainst(kafka);
    ModerationStream stream = prepare(analyzer);
    stream.start();
    org.awaitility.Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(20))
        .until(() -> stream.isRunning() || stream.stopped().isDone());
    return stream;
  }

  /** Starts a shadow and waits until it runs. */
  ModerationStream startShadow(ImageAnalyzer analyzer, Shadow shadow) {
    UploadSource source = new TopicUploadSource(kafka.clientProperties(), Duration.ofSeconds(20));
    ModerationStream stream =
        new ModerationStream(
            ModerationTopology.shadow(
                parts(analyzer, source),
                new ModerationTopology.Settings(shadow.topics(topics), shadow.kafka(kafka), window),
                shadow));
    open.add(stream);
    open.add(source);
    stream.start();
    org.awaitility.Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(20))
        .until(() -> stream.isRunning() || stream.stopped().isDone());
    return stream;
  }

  ModerationStream prepare(ImageAnalyzer analyzer) {
    UploadSource source = new TopicUploadSource(kafka.clientProperties(), Duration.ofSeconds(20));
    ModerationTopology.Parts parts = parts(analyzer, source);
    ModerationStream stream =
        new ModerationStream(
            ModerationTopology.build(
                parts, new ModerationTopology.Settings(topics, kafka, window, bias)));
    open.add(stream);
    open.add(source);
    return stream;
  }

  private ModerationTopology.Parts parts(ImageAnalyzer analyzer, UploadSource source) {
    return new ModerationTopology.Parts(
        serdes.decoder(ImageUpload.class),
        analyzer,
        surface -> TextAnalysis.OFF,
        source,
        deciders,
        tagSerializer,
        serdes.values(AlertEvent.class).serializer(),
        serdes.values(EvidenceEvent.class).serializer(),
        serdes.values(RejectEvent.class).serializer(),
        Clock.systemUTC(),
        observer);
  }

  /** Writes an upload that carries its image: the text's bytes. */
  void upload(String id, String image) {
    send(id, uploads.serialize(topics.uploads(), event(id, image)));
  }

  static ImageUpload event(String id, String image) {
    return ImageUpload.newBuilder()
        .setImageId(id)
        .setBytes(ByteBuffer.wrap(image.getBytes(UTF_8)))
        .setUploadedAt(Instant.ofEpochMilli(1_700_000_000_000L))
        .setSurface("web")
        .setLocale("en")
        .setAttributes(Map.of("post", "p-" + id))
        .build();
  }

  void upload(ImageUpload event) {
    send(event.getImageId(), uploads.serialize(topics.uploads(), event));
  }

  /** Writes any record, to a partition that its key chooses. */
  void send(String key, byte[] value) {
    producer.send(
        new ProducerRecord<>(topics.uploads(), key == null ? null : key.getBytes(UTF_8), value));
  }

  /** Waits until all uploads are acknowledged. */
  void flush() {
    producer.flush();
  }

  <T extends SpecificRecord> List<ConsumerRecord<String, T>> read(
      String topic, Class<T> type, int count) {
    return clients.read(topic, count, serdes.values(type).deserializer());
  }

  <T extends SpecificRecord> List<ConsumerRecord<String, T>> readToEnd(
      String topic, Class<T> type) {
    return clients.readToEnd(topic, serdes.values(type).deserializer());
  }

  List<TagEvent> tags(int count) {
    return read(topics.tags(), TagEvent.class, count).stream().map(ConsumerRecord::value).toList();
  }

  KafkaClients clients() {
    return clients;
  }

  @Override
  public void close() throws Exception {
    producer.close();
    for (AutoCloseable part : open) {
      part.close();
    }
    serdes.close();
    registry.close();
  }

  static <T> T get(org.apache.kafka.common.KafkaFuture<T> future) {
    try {
      return future.get();
    } catch (InterruptedException | ExecutionException e) {
      throw new AssertionError(e);
    }
  }
}
