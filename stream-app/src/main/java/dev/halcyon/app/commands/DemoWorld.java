package dev.halcyon.app.commands;

import dev.halcyon.app.broker.EmbeddedBroker;
import dev.halcyon.app.config.AppConfig;
import dev.halcyon.app.config.ConfigLoader;
import dev.halcyon.app.labels.LabelSetStore;
import dev.halcyon.app.labels.StoredVersion;
import dev.halcyon.app.topology.Topics;
import dev.halcyon.app.topology.TopicsAdmin;
import dev.halcyon.events.wire.EmbeddedRegistry;
import dev.halcyon.events.wire.EventSerdes;
import dev.halcyon.labels.LabelSet;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** A broker and a registry of the demo's own, and the configuration that fits them. */
final class DemoWorld implements AutoCloseable {
  private final EmbeddedBroker broker;
  private final EmbeddedRegistry registry;
  private final AppConfig config;
  private final EventSerdes serdes;

  private DemoWorld(
      EmbeddedBroker broker, EmbeddedRegistry registry, AppConfig config, EventSerdes serdes) {
    this.broker = broker;
    this.registry = registry;
    this.config = config;
    this.serdes = serdes;
  }

  /**
   * Starts both and creates the topics.
   *
   * @param model folder of the model
   */
  static DemoWorld open(Path model) {
    EmbeddedBroker broker = EmbeddedBroker.start();
    EmbeddedRegistry registry = EmbeddedRegistry.start();
    AppConfig config = config(broker, registry, model);
    try (TopicsAdmin admin = TopicsAdmin.connect(config.kafka())) {
      admin.create(Topics.of(config.topics(), config.images().maxBytes()));
    }
    EventSerdes serdes =
        new EventSerdes(
            config.serdes().serializer(),
            config.serdes().deserializer(),
            config.serdes().clientProperties());
    return new DemoWorld(broker, registry, config, serdes);
  }

  AppConfig config() {
    return config;
  }

  EventSerdes serdes() {
    return serdes;
  }

  /** Where the broker keeps its data while the demo runs. */
  Path directory() {
    return broker.directory();
  }

  /** Publishes a label set, as an operator would. */
  void publish(Path file, LabelSet set) {
    LabelSetStore store = LabelTopics.store(config, serdes);
    store.publish(
        new LabelSetStore.Change(
            set,
            store.get(set.name()).map(StoredVersion::version),
            "demo",
            "the demo's label set, " + file.getFileName(),
            Optional.empty()));
  }

  @Override
  public void close() {
    serdes.close();
    registry.close();
    broker.close();
  }

  private static AppConfig config(EmbeddedBroker broker, EmbeddedRegistry registry, Path model) {
    String yaml =
        """
        kafka:
          bootstrapServers: "%s"
          applicationId: halcyon-demo
          properties: {replication.factor: "1"}
        topics: {partitions: 4, replicationFactor: 1}
        serdes:
          properties: {schema.registry.url: "%s"}
        engine: {modelDirectory: "%s"}
        admin: {bindAddress: localhost, port: 0}
        """
            .formatted(broker.bootstrapServers(), registry.url(), model.toAbsolutePath());
    return new ConfigLoader().parse(yaml, "the demo's configuration", Map.of());
  }
}
