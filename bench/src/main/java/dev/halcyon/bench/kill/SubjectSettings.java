package dev.halcyon.bench.kill;

import dev.halcyon.app.config.GroupProtocol;
import dev.halcyon.app.config.Guarantee;
import dev.halcyon.app.config.KafkaConfig;
import dev.halcyon.app.config.TopicsConfig;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What a process under test is told on its command line.
 *
 * @param bootstrapServers the brokers
 * @param registryUrl the schema registry
 * @param application application id, and stem of the topics' names
 * @param remembering whether the window has its store
 * @param batchTime time of a batch of the simulated device
 * @param breaksAfter after how many images the engine breaks, 0 for never
 */
record SubjectSettings(
    String bootstrapServers,
    String registryUrl,
    String application,
    Guarantee guarantee,
    GroupProtocol protocol,
    boolean remembering,
    Duration batchTime,
    long breaksAfter) {
  static final int PARTITIONS = 6;
  static final Duration SESSION = Duration.ofSeconds(6);
  static final Duration TRANSACTION = Duration.ofSeconds(8);

  List<String> arguments() {
    return List.of(
        bootstrapServers,
        registryUrl,
        application,
        guarantee.name(),
        protocol.name(),
        Boolean.toString(remembering),
        batchTime.toString(),
        Long.toString(breaksAfter));
  }

  static SubjectSettings parse(String[] arguments) {
    return new SubjectSettings(
        arguments[0],
        arguments[1],
        arguments[2],
        Guarantee.valueOf(arguments[3]),
        GroupProtocol.valueOf(arguments[4]),
        Boolean.parseBoolean(arguments[5]),
        Duration.parse(arguments[6]),
        Long.parseLong(arguments[7]));
  }

  SubjectSettings breakingAfter(long images) {
    return new SubjectSettings(
        bootstrapServers,
        registryUrl,
        application,
        guarantee,
        protocol,
        remembering,
        batchTime,
        images);
  }

  TopicsConfig topics(int replicas) {
    TopicsConfig defaults = TopicsConfig.defaults();
    return new TopicsConfig(
        application + "-uploads",
        application + "-tags",
        application + "-alerts",
        application + "-rejects",
        application + "-evidence",
        true,
        application + "-labels",
        application + "-history",
        application + "-status",
        application + "-bias-report",
        application + "-bias-counts",
        false,
        PARTITIONS,
        replicas,
        defaults.uploadRetention(),
        defaults.eventRetention(),
        defaults.evidenceRetention());
  }

  KafkaConfig kafka() {
    KafkaConfig defaults = KafkaConfig.defaults();
    return new KafkaConfig(
        bootstrapServers,
        application,
        guarantee,
        protocol,
        2,
        defaults.commitInterval(),
        defaults.poll(),
        TRANSACTION,
        defaults.maxPollInterval(),
        SESSION,
        Duration.ofMillis(1500),
        0,
        defaults.bufferedUploads(),
        Map.of());
  }
}
