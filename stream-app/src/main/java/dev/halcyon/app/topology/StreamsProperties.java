package dev.halcyon.app.topology;

import dev.halcyon.app.config.Guarantee;
import dev.halcyon.app.config.KafkaConfig;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.LogAndFailProcessingExceptionHandler;

/** The configuration as Kafka Streams takes it. */
final class StreamsProperties {
  private static final int AT_LEAST_ONCE_PRODUCER_LINGER_MS = 1;

  /** Some hundred decisions, of which evidence is the largest part. */
  private static final int PRODUCER_BATCH_BYTES = 64 << 10;

  private StreamsProperties() {}

  static Properties of(KafkaConfig kafka) {
    Properties properties = new Properties();
    // Kafka Streams lets its producers wait 100 ms for company. At least once somebody waits for
    // what they hold. Exactly once nobody reads it before the commit, which sends it: an earlier
    // request would only cost the broker another entry in its log of transactions.
    properties.put(
        StreamsConfig.producerPrefix(ProducerConfig.LINGER_MS_CONFIG),
        kafka.guarantee() == Guarantee.AT_LEAST_ONCE
            ? AT_LEAST_ONCE_PRODUCER_LINGER_MS
            : kafka.longestCommitInterval().toMillis());
    properties.put(
        StreamsConfig.producerPrefix(ProducerConfig.BATCH_SIZE_CONFIG), PRODUCER_BATCH_BYTES);
    properties.putAll(kafka.properties());
    properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers());
    properties.put(StreamsConfig.APPLICATION_ID_CONFIG, kafka.applicationId());
    properties.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, kafka.guarantee().toString());
    properties.put(StreamsConfig.GROUP_PROTOCOL_CONFIG, kafka.groupProtocol().toString());
    properties.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, kafka.streamThreads());
    properties.put(
        StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, kafka.longestCommitInterval().toMillis());
    properties.put(StreamsConfig.POLL_MS_CONFIG, kafka.poll().toMillis());
    properties.put(StreamsConfig.NUM_STANDBY_REPLICAS_CONFIG, kafka.standbyReplicas());
    properties.put(StreamsConfig.BUFFERED_RECORDS_PER_PARTITION_CONFIG, kafka.bufferedUploads());
    properties.put(
        StreamsConfig.mainConsumerPrefix(ConsumerConfig.MAX_POLL_RECORDS_CONFIG),
        kafka.bufferedUploads());
    // Also at least once: an upload whose producer gave it up is none.
    properties.put(
        StreamsConfig.mainConsumerPrefix(ConsumerConfig.ISOLATION_LEVEL_CONFIG), "read_committed");
    properties.put(
        StreamsConfig.consumerPrefix(ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG),
        Math.toIntExact(kafka.maxPollInterval().toMillis()));
    switch (kafka.groupProtocol()) {
      case CLASSIC -> {
        properties.put(
            StreamsConfig.consumerPrefix(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG),
            Math.toIntExact(kafka.sessionTimeout().toMillis()));
        properties.put(
            StreamsConfig.consumerPrefix(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG),
            Math.toIntExact(kafka.heartbeatInterval().toMillis()));
      }
      case STREAMS -> {
        // The broker holds these for the group, see StreamsGroup.
      }
    }
    if (kafka.guarantee() == Guarantee.EXACTLY_ONCE_V2) {
      properties.put(
          StreamsConfig.producerPrefix(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG),
          Math.toIntExact(kafka.transactionTimeout().toMillis()));
    }
    // Nothing is dropped on an error: bad uploads are outcomes, everything else stops the stream.
    properties.put(
        StreamsConfig.PROCESSING_EXCEPTION_HANDLER_CLASS_CONFIG,
        LogAndFailProcessingExceptionHandler.class);
    // Kafka 5's default, without which 4.3 warns; its constant is deprecated already.
    properties.put("processing.exception.handler.global.enabled", true);
    properties.put(StreamsConfig.ENSURE_EXPLICIT_INTERNAL_RESOURCE_NAMING_CONFIG, true);
    return properties;
  }
}
