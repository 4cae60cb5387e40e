package dev.halcyon.bench.throughput;

import dev.halcyon.app.broker.EmbeddedBroker;
import dev.halcyon.app.config.GroupProtocol;
import dev.halcyon.app.config.Guarantee;
import dev.halcyon.app.config.KafkaConfig;
import dev.halcyon.app.config.TopicsConfig;
import dev.halcyon.app.topology.Topics;
import dev.halcyon.app.topology.TopicsAdmin;
import dev.halcyon.events.wire.EmbeddedRegistry;
import dev.halcyon.events.wire.EventSerdes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;

/** One broker and a schema registry in this JVM; each run has topics of its own there. */
final class Cluster implements AutoCloseable {
  private final EmbeddedBroker broker = EmbeddedBroker.start();
  private final EmbeddedRegistry registry = EmbeddedRegistry.start();
  private final EventSerdes serdes = new EventSerdes(Map.of("schema.registry.url", registry.url()));
  private int runs;

  EventSerdes serdes() {
    return serdes;
  }

  /** The program's defaults but for what is measured. */
  KafkaConfig kafka(int threads) {
    KafkaConfig d = KafkaConfig.defaults();
    return new KafkaConfig(
        broker.bootstrapServers(),
        "bench-" + ++runs,
        Guarantee.EXACTLY_ONCE_V2,
        GroupProtocol.CLASSIC,
        threads,
        d.commitInterval(),
        d.poll(),
        d.transactionTimeout(),
        d.maxPollInterval(),
        d.sessionTimeout(),
        d.heartbeatInterval(),
        0,
        d.bufferedUploads(),
        Map.of());
  }

  /** Makes the topics of a run. */
  TopicsConfig topics(KafkaConfig kafka, int partitions) {
    TopicsConfig d = TopicsConfig.defaults();
    String run = kafka.applicationId();
    TopicsConfig topics =
        new TopicsConfig(
            run + "-uploads",
            run + "-tags",
            run + "-alerts",
            run + "-rejects",
            run + "-evidence",
            true,
            run + "-labels",
            run + "-history",
            run + "-status",
            run + "-bias-report",
            run + "-bias-counts",
            false,
            partitions,
            1,
            d.uploadRetention(),
            d.eventRetention(),
            d.evidenceRetention());
    try (TopicsAdmin admin = TopicsAdmin.connect(kafka)) {
      admin.create(Topics.of(topics, 32 << 20));
    }
    return topics;
  }

  /** Takes the topics of a run away, so that one run's data is no burden to the next. */
  void drop(TopicsConfig topics) throws InterruptedException {
    try (Admin admin = Admin.create(client())) {
      admin
          .deleteTopics(
              List.of(
                  topics.uploads(),
                  topics.tags(),
                  topics.alerts(),
                  topics.rejects(),
                  topics.evidence()))
          .all()
          .get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("cannot delete the topics of a run", e.getCause());
    }
  }

  Map<String, Object> client() {
    return new HashMap<>(Map.of("bootstrap.servers", broker.bootstrapServers()));
  }

  @Override
  public void close() {
    serdes.close();
    broker.close();
    registry.close();
  }
}
