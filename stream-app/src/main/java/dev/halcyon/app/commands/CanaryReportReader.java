package dev.halcyon.app.commands;

import dev.halcyon.app.config.AppConfig;
import dev.halcyon.events.BiasReport;
import dev.halcyon.events.wire.Decoded;
import dev.halcyon.events.wire.EventDecoder;
import dev.halcyon.events.wire.EventSerdes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/** Reads the reports of one replay from the time it is opened. For one thread. */
final class CanaryReportReader implements AutoCloseable {
  private final EventDecoder<BiasReport> decoder;
  private final String run;
  private final KafkaConsumer<String, byte[]> consumer;

  /**
   * Opens the topic and stands at its end.
   *
   * @throws BadInputException if there is no such topic
   */
  CanaryReportReader(AppConfig config, EventSerdes serdes, String run) {
    this.decoder = serdes.decoder(BiasReport.class);
    this.run = run;
    Map<String, Object> properties = config.kafka().clientProperties();
    properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    consumer =
        new KafkaConsumer<>(properties, new StringDeserializer(), new ByteArrayDeserializer());
    String topic = config.topics().biasReports();
    List<TopicPartition> partitions =
        consumer.partitionsFor(topic).stream()
            .map(info -> new TopicPartition(topic, info.partition()))
            .toList();
    if (partitions.isEmpty()) {
      close();
      throw new BadInputException(
          "topic " + topic + " does not exist; create it with: halcyon topics create");
    }
    consumer.assign(partitions);
    consumer.seekToEnd(partitions);
    partitions.forEach(consumer::position);
  }

  /** Waits for reports of the replay. */
  List<BiasReport> poll(Duration wait) {
    var reports = new ArrayList<BiasReport>();
    for (ConsumerRecord<String, byte[]> record : consumer.poll(wait)) {
      if (decoder.decode(record.topic(), record.value()) instanceof Decoded.Value<BiasReport> read
          && read.value().getCanary() != null
          && read.value().getCanary().getRun().equals(run)) {
        reports.add(read.value());
      }
    }
    return reports;
  }

  @Override
  public void close() {
    consumer.close(CloseOptions.timeout(Duration.ofSeconds(1)));
  }
}
