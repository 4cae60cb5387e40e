package dev.halcyon.bench.peers;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * When results come to a reader, by the image's id. A reader of committed records sees what
 * somebody behind the topic sees, transactions included; one of all records sees a result when it
 * is written.
 */
final class Arrivals implements AutoCloseable {
  private final Map<String, Long> nanos = new ConcurrentHashMap<>();
  private final KafkaConsumer<String, byte[]> consumer;
  private final Thread thread;
  private final CountDownLatch closing = new CountDownLatch(1);

  /**
   * Starts reading from the topic's beginning.
   *
   * @param isolation {@code read_committed} or {@code read_uncommitted}
   */
  Arrivals(String bootstrapServers, String topic, String isolation) {
    consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", bootstrapServers, "isolation.level", isolation),
            new StringDeserializer(),
            new ByteArrayDeserializer());
    List<TopicPartition> partitions =
        IntStream.range(0, Workbench.PARTITIONS)
            .mapToObj(partition -> new TopicPartition(topic, partition))
            .toList();
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
    thread = new Thread(this::read, "arrivals");
    thread.setDaemon(true);
    thread.start();
  }

  private void read() {
    try (consumer) {
      while (closing.getCount() > 0) {
        for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(20))) {
          nanos.putIfAbsent(record.key(), System.nanoTime());
        }
      }
    }
  }

  int count() {
    return nanos.size();
  }

  /** Milliseconds from when images were sent to their results, in order. */
  double[] millisSince(Map<String, Long> sent) {
    return sent.entrySet().stream()
        .mapToDouble(entry -> (nanos.get(entry.getKey()) - entry.getValue()) / 1e6)
        .sorted()
        .toArray();
  }

  /** The moments of all arrivals, in order. */
  long[] inOrder() {
    return nanos.values().stream().mapToLong(Long::longValue).sorted().toArray();
  }

  /**
   * Waits for so many results.
   *
   * @throws IllegalStateException if the peer ends, or nothing comes for two minutes
   */
  void await(int wanted, PeerProcess peer) throws InterruptedException {
    int seen = count();
    long deadline = System.nanoTime() + Duration.ofMinutes(2).toNanos();
    while (count() < wanted) {
      peer.requireAlive();
      if (count() > seen) {
        seen = count();
        deadline = System.nanoTime() + Duration.ofMinutes(2).toNanos();
      }
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException(
            "only " + seen + " of " + wanted + " results came, none for two minutes");
      }
      Thread.sleep(5);
    }
  }

  @Override
  public void close() {
    closing.countDown();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
