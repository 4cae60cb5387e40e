package dev.halcyon.app.labels;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.halcyon.app.broker.KafkaClients;
import dev.halcyon.events.LabelSetRecord;
import dev.halcyon.events.LabelSetState;
import dev.halcyon.events.LabelSetStatus;
import dev.halcyon.events.wire.EmbeddedRegistry;
import dev.halcyon.events.wire.EventSerdes;
import dev.halcyon.labels.LabelSet;
import dev.halcyon.labels.LabelSetReader;
import dev.halcyon.labels.LabelSetWriter;
import dev.halcyon.labels.ReadResult;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.producer.ProducerRecord;

/** The three topics of label sets for one test, and what a test does to them. */
final class LabelTopics implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofSeconds(20);

  final KafkaClients clients;
  final EmbeddedRegistry registry = EmbeddedRegistry.start();
  final EventSerdes serdes = new EventSerdes(Map.of("schema.registry.url", registry.url()));
  final String config;
  final String history;
  final String status;

  LabelTopics(String bootstrapServers, int partitions) {
    clients = new KafkaClients(bootstrapServers);
    config =
        clients.createTopic(
            KafkaClients.unique("label-config"), partitions, Map.of("cleanup.policy", "compact"));
    history = clients.createTopic(KafkaClients.unique("label-config-history"), 1, Map.of());
    status =
        clients.createTopic(
            KafkaClients.unique("label-config-status"), 1, Map.of("cleanup.policy", "compact"));
  }

  Map<String, Object> client() {
    return Map.of("bootstrap.servers", clients.bootstrapServers());
  }

  LabelSetFeed.Settings settings(String instanceId) {
    return new LabelSetFeed.Settings(
        client(), config, history, status, instanceId, PATIENCE, AlertQuota.defaults());
  }

  LabelSetFeed.Parts parts(WordSpace words, Clock clock, LabelSetObserver observer) {
    return new LabelSetFeed.Parts(
        new LabelSetCompiler(words, words.model()),
        serdes.decoder(LabelSetRecord.class),
        serdes.values(LabelSetStatus.class).serializer(),
        clock,
        observer);
  }

  LabelSetFeed feed(String instanceId) {
    return LabelSetFeed.start(
        settings(instanceId), parts(new WordSpace(), Clock.systemUTC(), LabelSetObserver.none()));
  }

  LabelSetStore store() {
    return store(Clock.systemUTC());
  }

  LabelSetStore store(Clock clock) {
    return new LabelSetStore(
        new LabelSetStore.Settings(client(), config, history, PATIENCE),
        serdes.decoder(LabelSetRecord.class),
        serdes.values(LabelSetRecord.class).serializer(),
        clock);
  }

  /** Publishes as an operator does, on top of what is there. */
  StoredVersion publish(LabelSet set) {
    return publish(set, Optional.empty());
  }

  StoredVersion publish(LabelSet set, Optional<String> waiver) {
    Optional<Integer> base = store().get(set.name()).map(StoredVersion::version);
    PublishResult result =
        store().publish(new LabelSetStore.Change(set, base, "ann", "a test", waiver));
    assertThat(result).isInstanceOf(PublishResult.Published.class);
    return ((PublishResult.Published) result).version();
  }

  /** Writes a record past the store, as a stranger's tool would. */
  void write(String key, LabelSetRecord record) {
    writeBytes(key, serdes.values(LabelSetRecord.class).serializer().serialize(config, record));
  }

  void writeBytes(String key, byte[] value) {
    clients.send(new ProducerRecord<>(config, key.getBytes(UTF_8), value));
  }

  List<LabelSetStatus> statuses(String instanceId) {
    return clients.readToEnd(status, serdes.values(LabelSetStatus.class).deserializer()).stream()
        .filter(record -> record.key().endsWith("/" + instanceId))
        .flatMap(record -> Optional.ofNullable(record.value()).stream())
        .toList();
  }

  List<String> states(String instanceId) {
    return statuses(instanceId).stream()
        .map(status -> status.getVersion() + " " + status.getState())
        .toList();
  }

  LabelSetStatus lastStatus(String instanceId) {
    List<LabelSetStatus> all = statuses(instanceId);
    return all.get(all.size() - 1);
  }

  boolean hasStatus(String instanceId, int version, LabelSetState state) {
    return statuses(instanceId).stream()
        .anyMatch(status -> status.getVersion() == version && status.getState() == state);
  }

  static LabelSet set(String name, String body) {
    ReadResult result = LabelSetReader.read("name: " + name + "\nowner: team\n" + body);
    if (result instanceof ReadResult.Faulty faulty) {
      throw new AssertionError(faulty.problems());
    }
    return ((ReadResult.Read) result).labelSet();
  }

  /** A set with one label that fires on images of a thing. */
  static LabelSet looksFor(String name, String thing) {
    return looksFor(name, thing, "");
  }

  static LabelSet looksFor(String name, String thing, String more) {
    return set(
        name,
        """
        %s
        groups: [{id: g, background: [street]}]
        labels: [{id: %s, prompts: [%2$s], action: review}]
        """
            .formatted(more, thing));
  }

  static LabelSetRecord record(LabelSet set, int version) {
    return LabelSetRecord.newBuilder()
        .setName(set.name())
        .setVersion(version)
        .setContentHash(LabelSetWriter.contentHash(set))
        .setDocument(LabelSetWriter.canonicalJson(set))
        .setAuthor("a tool")
        .setReason("a test")
        .setBasedOnVersion(null)
        .setPublishedAt(Instant.EPOCH)
        .setWaiver(null)
        .build();
  }

  @Override
  public void close() {
    serdes.close();
    registry.close();
  }
}
