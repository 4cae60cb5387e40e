package dev.halcyon.app.commands;

import dev.halcyon.app.config.AppConfig;
import dev.halcyon.events.AlertEvent;
import dev.halcyon.events.RejectEvent;
import dev.halcyon.events.TagEvent;
import dev.halcyon.events.wire.Decoded;
import dev.halcyon.events.wire.EventDecoder;
import dev.halcyon.events.wire.EventSerdes;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * Reads the committed outcomes of uploads from the tag, alert and reject topics, from where they
 * end when it is made. Used by one thread.
 */
final class OutcomeConsumer implements AutoCloseable {
  private final KafkaConsumer<String, byte[]> consumer;
  private final AppConfig config;
  private final EventDecoder<TagEvent> tags;
  private final EventDecoder<AlertEvent> alerts;
  private final EventDecoder<RejectEvent> rejects;
  private final OutcomeCollector collector;
  private final Clock clock;

  /**
   * A consumer that stands at the end of the topics.
   *
   * @param fileOf image id to the file it came from
   */
  OutcomeConsumer(
      AppConfig config, EventSerdes serdes, Function<String, String> fileOf, Clock clock) {
    this.config = config;
    this.clock = clock;
    tags = serdes.decoder(TagEvent.class);
    alerts = serdes.decoder(AlertEvent.class);
    rejects = serdes.decoder(RejectEvent.class);
    collector = new OutcomeCollector(fileOf);
    Map<String, Object> properties = config.kafka().clientProperties();
    properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    consumer =
        new KafkaConsumer<>(properties, new StringDeserializer(), new ByteArrayDeserializer());
    List<TopicPartition> partitions = new ArrayList<>();
    for (String topic :
        List.of(config.topics().tags(), config.topics().alerts(), config.topics().rejects())) {
      consumer
          .partitionsFor(topic)
          .forEach(info -> partitions.add(new TopicPartition(topic, info.partition())));
    }
    consumer.assign(partitions);
    consumer.seekToEnd(partitions);
    partitions.forEach(consumer::position);
  }

  /** Waits for records and gives the outcomes they complete. */
  List<ImageOutcome> poll(Duration wait) {
    List<ImageOutcome> outcomes = new ArrayList<>();
    for (ConsumerRecord<String, byte[]> record : consumer.poll(wait)) {
      take(record).ifPresent(outcomes::add);
    }
    return outcomes;
  }

  private Optional<ImageOutcome> take(ConsumerRecord<String, byte[]> record) {
    long now = clock.millis();
    if (record.topic().equals(config.topics().tags())) {
      return collector.add(event(tags, record), now);
    }
    if (record.topic().equals(config.topics().alerts())) {
      return collector.add(event(alerts, record), now);
    }
    return Optional.of(collector.add(event(rejects, record), now));
  }

  private static <T> T event(EventDecoder<T> decoder, ConsumerRecord<String, byte[]> record) {
    Decoded<T> decoded = decoder.decode(record.topic(), record.value());
    if (decoded instanceof Decoded.Value<T> event) {
      return event.value();
    }
    throw new IllegalStateException(
        record.topic()
            + " partition "
            + record.partition()
            + " offset "
            + record.offset()
            + ": "
            + ((Decoded.Undecodable<T>) decoded).reason());
  }

  @Override
  public void close() {
    consumer.close(org.apache.kafka.clients.consumer.CloseOptions.timeout(Duration.ofSeconds(1)));
  }
}
