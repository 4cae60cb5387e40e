package dev.halcyon.app.broker;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/** What tests do to a broker again and again: create a topic, write, read what is committed. */
public final class KafkaClients {
  private static final AtomicInteger NAMES = new AtomicInteger();
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final String bootstrapServers;

  public KafkaClients(String bootstrapServers) {
    this.bootstrapServers = bootstrapServers;
  }

  /** A name no other test of this JVM uses, for a topic, a group or an application. */
  public static String unique(String stem) {
    return stem.toLowerCase(Locale.ROOT) + "-" + NAMES.incrementAndGet();
  }

  public String bootstrapServers() {
    return bootstrapServers;
  }

  public Admin admin() {
    return Admin.create(Map.of("bootstrap.servers", bootstrapServers));
  }

  /** Creates a topic with the broker's default replication and returns its name. */
  public String createTopic(String name, int partitions, Map<String, String> configs) {
    try (Admin admin = admin()) {
      NewTopic topic =
          new NewTopic(name, Optional.of(partitions), Optional.empty()).configs(configs);
      admin.createTopics(List.of(topic)).all().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      // The controller answers before the brokers know, and a leader that answers takes records.
      Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
      for (int partition = 0; partition < partitions; partition++) {
        latest.put(new TopicPartition(name, partition), OffsetSpec.latest());
      }
      await()
          .atMost(PATIENCE)
          .ignoreExceptions()
          .until(() -> admin.listOffsets(latest).all().get().size() == partitions);
      return name;
    } catch (ExecutionException | TimeoutException e) {
      throw new AssertionError("cannot create topic " + name, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** Writes one record and waits until it is acknowledged. */
  public void send(ProducerRecord<byte[], byte[]> record) {
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", bootstrapServers, "acks", "all"),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      producer.send(record).get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new AssertionError("cannot write to " + record.topic(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /**
   * Reads a topic from its start, committed records only, until {@code count} records are there.
   */
  public <V> List<ConsumerRecord<String, V>> read(String topic, int count, Deserializer<V> values) {
    try (KafkaConsumer<String, V> consumer = consumerAtStart(topic, values)) {
      List<ConsumerRecord<String, V>> read = new ArrayList<>();
      long deadline = System.nanoTime() + PATIENCE.toNanos();
      while (read.size() < count) {
        if (System.nanoTime() > deadline) {
          throw new AssertionError(
              "only " + read.size() + " of " + count + " records on " + topic + " in " + PATIENCE);
        }
        consumer.poll(Duration.ofMillis(100)).forEach(read::add);
      }
      return read;
    }
  }

  /** Reads a topic from its start to its end as of now, committed records only. */
  public <V> List<ConsumerRecord<String, V>> readToEnd(String topic, Deserializer<V> values) {
    try (KafkaConsumer<String, V> consumer = consumerAtStart(topic, values)) {
      Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment());
      List<ConsumerRecord<String, V>> read = new ArrayList<>();
      long deadline = System.nanoTime() + PATIENCE.toNanos();
      while (!ends.entrySet().stream()
          .allMatch(e -> consumer.position(e.getKey()) >= e.getValue())) {
        if (System.nanoTime() > deadline) {
          throw new AssertionError("the end of " + topic + " is not reached in " + PATIENCE);
        }
        consumer.poll(Duration.ofMillis(100)).forEach(read::add);
      }
      return read;
    }
  }

  private <V> KafkaConsumer<String, V> consumerAtStart(String topic, Deserializer<V> values) {
    Map<String, Object> config = new HashMap<>();
    config.put("bootstrap.servers", bootstrapServers);
    config.put("isolation.level", "read_committed");
    config.put("enable.auto.commit", false);
    KafkaConsumer<String, V> consumer =
        new KafkaConsumer<>(config, new StringDeserializer(), values);
    List<TopicPartition> partitions =
        consumer.partitionsFor(topic).stream()
            .map(p -> new TopicPartition(topic, p.partition()))
            .toList();
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
    return consumer;
  }
}
