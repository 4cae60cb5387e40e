package dev.halcyon.bench.throughput;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.halcyon.app.config.KafkaConfig;
import dev.halcyon.app.config.TopicsConfig;
import dev.halcyon.app.config.WindowConfig;
import dev.halcyon.app.topology.ModerationStream;
import dev.halcyon.app.topology.ModerationTopology;
import dev.halcyon.app.topology.StreamObserver;
import dev.halcyon.app.topology.TopicUploadSource;
import dev.halcyon.clip.TextAnalysis;
import dev.halcyon.events.AlertEvent;
import dev.halcyon.events.EvidenceEvent;
import dev.halcyon.events.ImageUpload;
import dev.halcyon.events.RejectEvent;
import dev.halcyon.events.TagEvent;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongFunction;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;

/**
 * One run of the program's stream on topics of its own: uploads go in, all at the start or at a
 * given rate, and every one must come out committed, once.
 */
final class StreamRun implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  /** The beginning and the end of a run, as a share of its uploads, are not measured. */
  private static final double EDGE = 0.1;

  private static final int IN_FLIGHT = 500;

  private final Cluster cluster;
  private final KafkaConfig kafka;
  private final TopicsConfig topics;
  private final int uploads;
  private final TopicUploadSource source;
  private final ModerationStream stream;
  private final KafkaProducer<byte[], byte[]> producer;
  private final Serializer<ImageUpload> serializer;
  private final long[] sentNanos;
  private final long[] decidedNanos;
  private final long[] visibleNanos;
  private final AtomicInteger decided = new AtomicInteger();

  /** Sorted milliseconds from when an upload was due. */
  record Latency(double[] decidedMillis, double[] visibleMillis) {}

  StreamRun(Cluster cluster, Engine engine, int partitions, int threads, int uploads) {
    this.cluster = cluster;
    this.uploads = uploads;
    kafka = cluster.kafka(threads);
    topics = cluster.topics(kafka, partitions);
    sentNanos = new long[uploads];
    decidedNanos = new long[uploads];
    visibleNanos = new long[uploads];
    serializer = cluster.serdes().values(ImageUpload.class).serializer();
    Map<String, Object> properties = cluster.client();
    properties.put("acks", "all");
    producer =
        new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    source = new TopicUploadSource(kafka.clientProperties(), Duration.ofSeconds(30));
    ModerationTopology.Parts parts =
        new ModerationTopology.Parts(
            cluster.serdes().decoder(ImageUpload.class),
            engine.analyzer(),
            surface -> TextAnalysis.OFF,
            source,
            surface -> engine.decider(),
            cluster.serdes().values(TagEvent.class).serializer(),
            cluster.serdes().values(AlertEvent.class).serializer(),
            cluster.serdes().values(EvidenceEvent.class).serializer(),
            cluster.serdes().values(RejectEvent.class).serializer(),
            Clock.systemUTC(),
            new Watch());
    stream =
        new ModerationStream(
            ModerationTopology.build(
                parts, new ModerationTopology.Settings(topics, kafka, WindowConfig.defaults())));
  }

  private final class Watch implements StreamObserver {
    @Override
    public void decided(TagEvent tags, List<AlertEvent> alerts) {
      note(tags.getImageId());
    }

    @Override
    public void rejected(RejectEvent reject) {
      throw new IllegalStateException("an image of the bench was rejected: " + reject.getDetail());
    }

    private void note(String id) {
      decidedNanos[Integer.parseInt(id)] = System.nanoTime();
      decided.incrementAndGet();
    }
  }

  /**
   * Writes all uploads, then runs the stream until each is decided and committed.
   *
   * @param images the image of each upload
   * @return decisions a second between the first and the last tenth
   */
  double drain(LongFunction<ByteBuffer> images) throws InterruptedException {
    for (int i = 0; i < uploads; i++) {
      send(i, images.apply(i));
    }
    producer.flush();
    stream.start();
    awaitAll();
    requireAllCommitted();
    long[] times = decidedNanos.clone();
    Arrays.sort(times);
    int from = (int) (EDGE * uploads);
    int to = (int) ((1 - EDGE) * uploads) - 1;
    return (to - from) * 1e9 / (times[to] - times[from]);
  }

  /**
   * Sends uploads at a rate, at random moments, to a stream that is already running.
   *
   * @return latencies of the second half: new topics and a new consumer group cost the broker more
   *     than the uploads do, and what has piled up by then takes seconds to go
   */
  Latency pace(LongFunction<ByteBuffer> images, double perSecond) throws InterruptedException {
    stream.start();
    while (!stream.isRunning()) {
      requireAlive();
      Thread.sleep(10);
    }
    Thread reader = new Thread(this::readCommitted, "bench-reader");
    reader.start();
    long due = System.nanoTime();
    for (int i = 0; i < uploads; i++) {
      ByteBuffer image = images.apply(i);
      due += (long) (-Math.log(1 - ThreadLocalRandom.current().nextDouble()) * 1e9 / perSecond);
      for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
        LockSupport.parkNanos(left);
      }
      sentNanos[i] = due;
      send(i, image);
    }
    awaitAll();
    reader.join();
    int from = uploads / 2;
    return new Latency(millis(decidedNanos, from), millis(visibleNanos, from));
  }

  /**
   * Sends uploads as fast as they are decided, a few hundred in flight.
   *
   * @param sample called whenever so many more are decided
   */
  void flow(LongFunction<ByteBuffer> images, int every, Runnable sample)
      throws InterruptedException {
    stream.start();
    int inFlight = Math.min(IN_FLIGHT, every);
    int sampled = 0;
    int sent = 0;
    while (decided.get() < uploads) {
      requireAlive();
      if (decided.get() / every > sampled) {
        sampled = decided.get() / every;
        sample.run();
      }
      if (sent < uploads && sent - decided.get() < inFlight) {
        send(sent, images.apply(sent));
        sent++;
      } else {
        Thread.sleep(1);
      }
    }
  }

  /** Uploads whose evidence is marked as reused, among those committed. */
  int reused() {
    AtomicInteger reused = new AtomicInteger();
    Deserializer<TagEvent> tags = cluster.serdes().values(TagEvent.class).deserializer();
    readTags(
        record -> {
          if (tags.deserialize(topics.tags(), record.value()).getEvidenceReused()) {
            reused.incrementAndGet();
          }
        });
    return reused.get();
  }

  private void send(int number, ByteBuffer image) {
    byte[] id = Integer.toString(number).getBytes(UTF_8);
    ImageUpload upload =
        ImageUpload.newBuilder()
            .setImageId(Integer.toString(number))
            .setUploadedAt(Instant.now())
            .setBytes(image)
            .build();
    producer.send(
        new ProducerRecord<>(
            topics.uploads(),
            number % topics.partitions(),
            id,
            serializer.serialize(topics.uploads(), upload)));
  }

  private void awaitAll() throws InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (decided.get() < uploads) {
      requireAlive();
      if (System.nanoTime() > end) {
        throw new IllegalStateException(decided + " of " + uploads + " uploads were decided");
      }
      Thread.sleep(5);
    }
  }

  private void requireAlive() {
    if (stream.stopped().isDone()) {
      throw new IllegalStateException("the stream has stopped; the log says why");
    }
  }

  private void requireAllCommitted() {
    boolean[] seen = new boolean[uploads];
    readTags(
        record -> {
          int number = Integer.parseInt(new String(record.key(), UTF_8));
          if (seen[number]) {
            throw new IllegalStateException("upload " + number + " was decided twice");
          }
          seen[number] = true;
        });
  }

  private void readCommitted() {
    readTags(
        record ->
            visibleNanos[Integer.parseInt(new String(record.key(), UTF_8))] = System.nanoTime());
  }

  /** Reads tag events until there is one of every upload. */
  private void readTags(java.util.function.Consumer<ConsumerRecord<byte[], byte[]>> each) {
    Map<String, Object> properties = cluster.client();
    properties.put("isolation.level", "read_committed");
    properties.put("enable.auto.commit", false);
    properties.put("max.poll.records", 2_000);
    List<TopicPartition> partitions = new ArrayList<>();
    for (int partition = 0; partition < topics.partitions(); partition++) {
      partitions.add(new TopicPartition(topics.tags(), partition));
    }
    int count = 0;
    long end = System.nanoTime() + PATIENCE.toNanos();
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      while (count < uploads) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(20))) {
          each.accept(record);
          count++;
        }
        if (System.nanoTime() > end) {
          throw new IllegalStateException(count + " of " + uploads + " uploads were committed");
        }
      }
    }
  }

  private double[] millis(long[] times, int from) {
    double[] millis = new double[uploads - from];
    for (int i = from; i < uploads; i++) {
      millis[i - from] = (times[i] - sentNanos[i]) / 1e6;
    }
    Arrays.sort(millis);
    return millis;
  }

  @Override
  public void close() throws InterruptedException {
    producer.close();
    stream.close();
    source.close();
    cluster.drop(topics);
  }
}
