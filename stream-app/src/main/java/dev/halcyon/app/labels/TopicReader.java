package dev.halcyon.app.labels;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * Reads a topic from its beginning with a consumer of its own that belongs to no group: committed
 * records only, every partition assigned. For one thread at a time.
 */
final class TopicReader implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(100);

  private final Map<String, Object> client;
  private final String topic;
  private final KafkaConsumer<String, byte[]> consumer;
  private final List<TopicPartition> partitions;

  /**
   * Opens the topic and stands at its beginning.
   *
   * @param client how to reach Kafka, as for a plain consumer
   * @throws LabelTopicException if nobody answers in time, or there is no such topic
   */
  TopicReader(Map<String, Object> client, String topic, Deadline deadline) {
    this.client = client;
    this.topic = topic;
    this.consumer = consumer(client, IsolationLevel.READ_COMMITTED, deadline);
    try {
      this.partitions = partitions(deadline);
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
    } catch (RuntimeException e) {
      consumer.close(CloseOptions.timeout(Duration.ZERO));
      throw e;
    }
  }

  /**
   * Stands at the first record of a moment or later, in each partition.
   *
   * @throws LabelTopicException if nobody answers in time
   */
  void seekTo(Instant since, Deadline deadline) {
    Map<TopicPartition, Long> wanted = new HashMap<>();
    partitions.forEach(partition -> wanted.put(partition, since.toEpochMilli()));
    try {
      Map<TopicPartition, OffsetAndTimestamp> found =
          consumer.offsetsForTimes(wanted, deadline.left());
      for (TopicPartition partition : partitions) {
        OffsetAndTimestamp first = found.get(partition);
        if (first == null) {
          consumer.seekToEnd(List.of(partition));
        } else {
          consumer.seek(partition, first.offset());
        }
      }
    } catch (TimeoutException e) {
      throw noAnswer(deadline, e);
    }
  }

  /**
   * Reads up to the last committed record of now.
   *
   * @throws LabelTopicException if that takes longer than the deadline
   */
  void readToCommittedEnd(Deadline deadline, Consumer<ConsumerRecord<String, byte[]>> each) {
    readTo(endOffsets(consumer, deadline), deadline, each);
  }

  /**
   * Reads up to the last record of now, waiting for transactions that are still open: what was
   * committed behind an open one is not seen otherwise.
   *
   * @throws LabelTopicException if that takes longer than the deadline
   */
  void readToEnd(Deadline deadline, Consumer<ConsumerRecord<String, byte[]>> each) {
    Map<TopicPartition, Long> ends;
    try (KafkaConsumer<String, byte[]> probe =
        consumer(client, IsolationLevel.READ_UNCOMMITTED, deadline)) {
      ends = endOffsets(probe, deadline);
    }
    readTo(ends, deadline, each);
  }

  /** Waits a moment for further records. */
  Iterable<ConsumerRecord<String, byte[]>> poll() {
    return consumer.poll(POLL);
  }

  @Override
  public void close() {
    consumer.close(CloseOptions.timeout(Duration.ofSeconds(1)));
  }

  private void readTo(
      Map<TopicPartition, Long> ends,
      Deadline deadline,
      Consumer<ConsumerRecord<String, byte[]>> each) {
    while (ends.entrySet().stream()
        .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
      if (deadline.isOver()) {
        throw new LabelTopicException(
            where() + " could not be read to its end within " + deadline.length());
      }
      consumer.poll(POLL).forEach(each);
    }
  }

  private Map<TopicPartition, Long> endOffsets(
      KafkaConsumer<String, byte[]> from, Deadline deadline) {
    try {
      return from.endOffsets(partitions, deadline.left());
    } catch (TimeoutException e) {
      throw noAnswer(deadline, e);
    }
  }

  private List<TopicPartition> partitions(Deadline deadline) {
    List<PartitionInfo> found;
    try {
      found = consumer.partitionsFor(topic, deadline.left());
    } catch (TimeoutException e) {
      throw noAnswer(deadline, e);
    } catch (KafkaException e) {
      throw new LabelTopicException(where() + " cannot be read: " + e.getMessage(), e);
    }
    if (found == null || found.isEmpty()) {
      throw new LabelTopicException(
          where() + " does not exist; create it with: halcyon topics create");
    }
    return found.stream().map(part -> new TopicPartition(topic, part.partition())).toList();
  }

  private LabelTopicException noAnswer(Deadline deadline, Exception cause) {
    return new LabelTopicException(
        where()
            + " did not answer within "
            + deadline.length()
            + "; is the broker running, and is this its address?",
        cause);
  }

  private String where() {
    return "topic " + topic + " at " + client.get("bootstrap.servers");
  }

  private static KafkaConsumer<String, byte[]> consumer(
      Map<String, Object> client, IsolationLevel isolation, Deadline deadline) {
    Map<String, Object> properties = new HashMap<>(client);
    properties.put("isolation.level", isolation.toString());
    properties.put("enable.auto.commit", false);
    properties.put("auto.offset.reset", "earliest");
    properties.put("allow.auto.create.topics", false);
    properties.put("fetch.max.wait.ms", 100);
    properties.put("default.api.timeout.ms", (int) deadline.length().toMillis());
    properties.remove("group.id");
    try {
      return new KafkaConsumer<>(properties, new StringDeserializer(), new ByteArrayDeserializer());
    } catch (KafkaException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new LabelTopicException(
          "no consumer for " + client.get("bootstrap.servers") + ": " + cause.getMessage(), e);
    }
  }

  /** All records of a topic as of now, in the order of each partition. */
  static List<ConsumerRecord<String, byte[]>> readAll(
      Map<String, Object> client, String topic, Deadline deadline) {
    try (TopicReader reader = new TopicReader(client, topic, deadline)) {
      var records = new ArrayList<ConsumerRecord<String, byte[]>>();
      reader.readToEnd(deadline, records::add);
      return records;
    }
  }
}
