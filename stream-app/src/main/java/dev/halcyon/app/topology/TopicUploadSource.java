package dev.halcyon.app.topology;

import dev.halcyon.events.SourceRef;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads uploads a second time, by place, with a consumer of its own that belongs to no group.
 *
 * <p>One daemon thread does the reading; it has a consumer only while there is something to read,
 * which is after a restart. Requests that are waiting are read together, a partition at a time in
 * the order of their offsets.
 */
public final class TopicUploadSource implements UploadSource {
  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration IDLE = Duration.ofSeconds(10);

  /** Reading over so many records is cheaper than asking for another place. */
  private static final long SEEK_BEYOND_RECORDS = 100;

  private final Map<String, Object> clientProperties;
  private final Duration patience;
  private final LinkedBlockingQueue<Request> requests = new LinkedBlockingQueue<>();
  private Thread thread;
  private volatile boolean closed;

  private record Request(
      TopicPartition partition, long offset, CompletableFuture<Optional<byte[]>> value) {}

  /**
   * Prepares to read.
   *
   * @param clientProperties how to reach Kafka, as for a plain consumer
   * @param patience how long Kafka may yield no record before reading fails
   */
  public TopicUploadSource(Map<String, Object> clientProperties, Duration patience) {
    this.clientProperties = new HashMap<>(clientProperties);
    this.clientProperties.put("enable.auto.commit", false);
    this.clientProperties.put("auto.offset.reset", "none");
    this.clientProperties.put("isolation.level", "read_uncommitted");
    this.clientProperties.put("allow.auto.create.topics", false);
    this.patience = patience;
  }

  @Override
  public CompletableFuture<Optional<byte[]>> read(SourceRef place) {
    Request request =
        new Request(
            new TopicPartition(place.getTopic(), place.getPartition()),
            place.getOffset(),
            new CompletableFuture<>());
    synchronized (this) {
      if (closed) {
        request.value.cancel(false);
        return request.value;
      }
      requests.add(request);
      if (thread == null) {
        thread = new Thread(this::run, "halcyon-upload-source");
        thread.setDaemon(true);
        thread.start();
      }
    }
    return request.value;
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      if (thread != null) {
        thread.interrupt();
      }
    }
    cancelAll();
  }

  private void run() {
    try {
      while (!closed) {
        Request first = requests.take();
        try (KafkaConsumer<byte[], byte[]> consumer =
            new KafkaConsumer<>(
                clientProperties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
          for (Request next = first;
              next != null;
              next = requests.poll(IDLE.toMillis(), TimeUnit.MILLISECONDS)) {
            List<Request> waiting = new ArrayList<>(List.of(next));
            requests.drainTo(waiting);
            serve(consumer, waiting);
          }
        }
      }
    } catch (InterruptedException | org.apache.kafka.common.errors.InterruptException e) {
      // Closed.
    } finally {
      cancelAll();
    }
  }

  private void serve(KafkaConsumer<byte[], byte[]> consumer, List<Request> waiting) {
    Map<TopicPartition, List<Request>> byPartition = new HashMap<>();
    waiting.forEach(
        request ->
            byPartition
                .computeIfAbsent(request.partition, partition -> new ArrayList<>())
                .add(request));
    byPartition.forEach(
        (partition, ofPartition) -> {
          ofPartition.sort(Comparator.comparingLong(Request::offset));
          Deque<Request> wanted = new ArrayDeque<>(ofPartition);
          try {
            readPartition(consumer, partition, wanted);
          } catch (org.apache.kafka.common.errors.InterruptException e) {
            throw e;
          } catch (RuntimeException e) {
            wanted.forEach(
                request ->
                    request.value.completeExceptionally(
                        new IllegalStateException(
                            "upload " + partition + "@" + request.offset + " cannot be read again",
                            e)));
          }
        });
  }

  private void readPartition(
      KafkaConsumer<byte[], byte[]> consumer, TopicPartition partition, Deque<Request> wanted) {
    consumer.assign(List.of(partition));
    dropOutside(consumer, partition, wanted);
    long deadline = System.nanoTime() + patience.toNanos();
    while (!wanted.isEmpty()) {
      long position = consumer.position(partition);
      long next = wanted.getFirst().offset;
      if (next < position || next - position > SEEK_BEYOND_RECORDS) {
        consumer.seek(partition, next);
      }
      List<ConsumerRecord<byte[], byte[]>> records;
      try {
        records = consumer.poll(POLL).records(partition);
      } catch (OffsetOutOfRangeException e) {
        // Retention was faster.
        dropOutside(consumer, partition, wanted);
        continue;
      }
      for (ConsumerRecord<byte[], byte[]> record : records) {
        dropBefore(record.offset(), wanted);
        while (!wanted.isEmpty() && wanted.getFirst().offset == record.offset()) {
          wanted.removeFirst().value.complete(Optional.ofNullable(record.value()));
        }
      }
      // What lies before the position and was not among the records is no longer there.
      dropBefore(consumer.position(partition), wanted);
      if (!records.isEmpty()) {
        deadline = System.nanoTime() + patience.toNanos();
      } else if (System.nanoTime() > deadline) {
        throw new IllegalStateException("no record of " + partition + " in " + patience);
      }
    }
  }

  /** Drops what the topic does not hold, and goes to the first that it may. */
  private static void dropOutside(
      KafkaConsumer<byte[], byte[]> consumer, TopicPartition partition, Deque<Request> wanted) {
    List<TopicPartition> one = List.of(partition);
    dropBefore(consumer.beginningOffsets(one).get(partition), wanted);
    long end = consumer.endOffsets(one).get(partition);
    while (!wanted.isEmpty() && wanted.getLast().offset >= end) {
      wanted.removeLast().value.complete(Optional.empty());
    }
    if (!wanted.isEmpty()) {
      consumer.seek(partition, wanted.getFirst().offset);
    }
  }

  private static void dropBefore(long offset, Deque<Request> wanted) {
    while (!wanted.isEmpty() && wanted.getFirst().offset < offset) {
      wanted.removeFirst().value.complete(Optional.empty());
    }
  }

  private void cancelAll() {
    List<Request> left = new ArrayList<>();
    requests.drainTo(left);
    left.forEach(
        request -> request.value.completeExceptionally(new CancellationException("closed")));
  }
}
