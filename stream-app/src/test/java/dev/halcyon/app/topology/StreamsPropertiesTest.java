package dev.halcyon.app.topology;

import static org.assertj.core.api.Assertions.assertThat;

import dev.halcyon.app.config.GroupProtocol;
import dev.halcyon.app.config.Guarantee;
import dev.halcyon.app.config.KafkaConfig;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.streams.StreamsConfig;
import org.junit.jupiter.api.Test;

class StreamsPropertiesTest {
  @Test
  void exactlyOnceWithFailingHandlersIsTheDefault() {
    StreamsConfig config = new StreamsConfig(StreamsProperties.of(KafkaConfig.defaults()));
    assertThat(config.getString("processing.guarantee")).isEqualTo("exactly_once_v2");
    assertThat(config.getLong("commit.interval.ms"))
        .as("the windows ask for a commit every 200 ms, while they keep up")
        .isEqualTo(1000);
    assertThat(config.getLong("poll.ms")).isEqualTo(10);
    assertThat(config.getBoolean("ensure.explicit.internal.resource.naming")).isTrue();
    assertThat(config.processingExceptionHandler())
        .isInstanceOf(org.apache.kafka.streams.errors.LogAndFailProcessingExceptionHandler.class);

    Map<String, Object> consumer = config.getMainConsumerConfigs("group", "client", 0);
    assertThat(consumer)
        .containsEntry("isolation.level", "read_committed")
        .containsEntry("auto.offset.reset", "earliest")
        .containsEntry("session.timeout.ms", 15_000)
        .containsEntry("max.poll.interval.ms", 300_000);
    assertThat(config.getProducerConfigs("client"))
        .containsEntry("transaction.timeout.ms", 10_000)
        .as("nobody reads what is sent before the commit")
        .containsEntry("linger.ms", 1000L)
        .containsEntry("enable.idempotence", true);
  }

  @Test
  void atLeastOnceReadsCommittedUploadsTooAndHasNoTransactions() {
    StreamsConfig config = new StreamsConfig(properties(Guarantee.AT_LEAST_ONCE, "classic"));
    assertThat(config.getMainConsumerConfigs("group", "client", 0))
        .containsEntry("isolation.level", "read_committed");
    assertThat(config.getLong("commit.interval.ms"))
        .as("Kafka's own default would be half a minute")
        .isEqualTo(200);
    assertThat(config.getProducerConfigs("client"))
        .doesNotContainKey("transaction.timeout.ms")
        .as("somebody waits for what is sent")
        .containsEntry("linger.ms", 1L);
  }

  @Test
  void underTheStreamsProtocolTheBrokerHasTheTimeouts() {
    Properties properties = properties(Guarantee.EXACTLY_ONCE_V2, "streams");
    assertThat(properties).containsEntry("group.protocol", "streams");
    assertThat(properties.stringPropertyNames())
        .noneMatch(name -> name.contains("session.timeout"));
    assertThat(properties.keySet()).noneMatch(name -> name.toString().contains("heartbeat"));
  }

  @Test
  void furtherPropertiesArePassedOn() {
    KafkaConfig d = KafkaConfig.defaults();
    KafkaConfig kafka =
        new KafkaConfig(
            d.bootstrapServers(),
            d.applicationId(),
            d.guarantee(),
            d.groupProtocol(),
            d.streamThreads(),
            d.commitInterval(),
            d.poll(),
            d.transactionTimeout(),
            d.maxPollInterval(),
            d.sessionTimeout(),
            d.heartbeatInterval(),
            d.standbyReplicas(),
            d.bufferedUploads(),
            Map.of("producer.compression.type", "lz4", "replication.factor", "2"));
    StreamsConfig config = new StreamsConfig(StreamsProperties.of(kafka));
    assertThat(config.getProducerConfigs("client")).containsEntry("compression.type", "lz4");
    assertThat(config.getInt("replication.factor")).isEqualTo(2);
  }

  private static Properties properties(Guarantee guarantee, String protocol) {
    KafkaConfig d = KafkaConfig.defaults();
    return StreamsProperties.of(
        new KafkaConfig(
            d.bootstrapServers(),
            d.applicationId(),
            guarantee,
            GroupProtocol.valueOf(protocol.toUpperCase(java.util.Locale.ROOT)),
            d.streamThreads(),
            d.commitInterval(),
            d.poll(),
            d.transactionTimeout(),
            d.maxPollInterval(),
            d.sessionTimeout(),
            d.heartbeatInterval(),
            d.standbyReplicas(),
            d.bufferedUploads(),
            d.properties()));
  }
}
