package dev.halcyon.app.history;

import dev.halcyon.app.decision.Decider;
import dev.halcyon.app.topology.KeptEvidence;
import dev.halcyon.clip.ModelIdentity;
import dev.halcyon.events.EvidenceEvent;
import dev.halcyon.events.wire.Decoded;
import dev.halcyon.events.wire.EventDecoder;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * The evidence topic from a moment on to its committed end of now, each image once: its latest
 * evidence. Consumers of its own that belong to no group read committed records only, a partition a
 * thread.
 *
 * <p>A partition is read backwards, in pieces that fit memory, so that the first evidence met of an
 * image is its latest and all that must be remembered of the others is their ids. All evidence of
 * an image lies in one partition, as records are keyed by image id; if the topic was given more
 * partitions within the time, an image that moved counts once in each.
 *
 * <p>Evidence of another model or preprocessing is counted and never handed on, and does not hide
 * older evidence of this one.
 */
public final class EvidenceHistory {
  /** Images handed on at a time. */
  static final int BATCH = 1_024;

  private static final int PIECE_RECORDS = 8_192;
  private static final Duration POLL = Duration.ofMillis(200);

  private final Settings settings;
  private final EventDecoder<EvidenceEvent> decoder;
  private final ModelIdentity model;
  private final List<Span> spans;

  /**
   * What to read.
   *
   * @param client how to reach Kafka, as for a plain client
   * @param topic the evidence topic
   * @param since images uploaded from then on
   * @param until images uploaded before then; those of a later upload of the same id are left out
   * @param surface only images of this surface, all where empty
   * @param patience how long Kafka may yield nothing before reading fails
   */
  public record Settings(
      Map<String, Object> client,
      String topic,
      Instant since,
      Instant until,
      Optional<String> surface,
      Duration patience) {
    public Settings {
      client = Map.copyOf(client);
    }
  }

  /** Takes the images of one partition, newest first; used by one thread. */
  interface Sink {
    void take(List<PastImage> images);

    /** The partition is at its beginning. */
    default void close() {}
  }

  /** Opens a sink for a partition; called by many threads. */
  @FunctionalInterface
  interface Sinks {
    Sink open(int partition);
  }

  private record Span(TopicPartition partition, long from, long to) {}

  private EvidenceHistory(
      Settings settings,
      EventDecoder<EvidenceEvent> decoder,
      ModelIdentity model,
      List<Span> spans) {
    this.settings = settings;
    this.decoder = decoder;
    this.model = model;
    this.spans = spans;
  }

  /**
   * Finds out what there is, up to the committed end of now.
   *
   * @throws HistoryException if the topic is not there or does not answer
   */
  public static EvidenceHistory open(
      Settings settings, EventDecoder<EvidenceEvent> decoder, ModelIdentity model) {
    try (KafkaConsumer<byte[], byte[]> consumer = consumer(settings)) {
      List<PartitionInfo> found = consumer.partitionsFor(settings.topic());
      if (found == null || found.isEmpty()) {
        throw new HistoryException(
            settings.topic()
                + " does not exist; create it with: halcyon topics create, and run the stream with"
                + " topics.evidenceKept: true");
      }
      List<TopicPartition> partitions =
          found.stream()
              .map(info -> new TopicPartition(settings.topic(), info.partition()))
              .sorted(java.util.Comparator.comparingInt(TopicPartition::partition))
              .toList();
      Map<TopicPartition, Long> wanted = new HashMap<>();
      partitions.forEach(partition -> wanted.put(partition, settings.since().toEpochMilli()));
      Map<TopicPartition, OffsetAndTimestamp> starts = consumer.offsetsForTimes(wanted);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      List<Span> spans = new ArrayList<>();
      for (TopicPartition partition : partitions) {
        OffsetAndTimestamp start = starts.get(partition);
        long end = ends.get(partition);
        if (start != null && start.offset() < end) {
          spans.add(new Span(partition, start.offset(), end));
        }
      }
      return new EvidenceHistory(settings, decoder, model, spans);
    } catch (KafkaException e) {
      throw unreachable(settings, e);
    }
  }

  /** About how many records there are to read. */
  public long size() {
    return spans.stream().mapToLong(span -> span.to() - span.from()).sum();
  }

  /**
   * Reads all of it, a partition a thread, as many at once as there are processors.
   *
   * @param progress is told by any thread how many records have been read
   * @throws HistoryException if Kafka stops answering
   */
  Reading read(Sinks sinks, LongConsumer progress) {
    Reading whole = new Reading();
    if (spans.isEmpty()) {
      return whole;
    }
    Queue<Span> waiting = new ConcurrentLinkedQueue<>(spans);
    AtomicLong done = new AtomicLong();
    AtomicBoolean failed = new AtomicBoolean();
    int threads = Math.min(spans.size(), Runtime.getRuntime().availableProcessors());
    ExecutorService workers =
        Executors.newFixedThreadPool(
            threads,
            task -> {
              Thread thread = new Thread(task, "halcyon-history");
              thread.setDaemon(true);
              return thread;
            });
    try {
      List<Future<Reading>> readings = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        readings.add(
            workers.submit(
                () -> {
                  try {
                    return readSpans(
                        waiting,
                        sinks,
                        records -> progress.accept(done.addAndGet(records)),
                        failed);
                  } catch (RuntimeException e) {
                    failed.set(true);
                    throw e;
                  }
                }));
      }
      for (Future<Reading> reading : readings) {
        whole.add(reading.get());
      }
      return whole;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof KafkaException kafka) {
        throw unreachable(settings, kafka);
      }
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new HistoryException("interrupted while reading " + settings.topic(), e);
    } finally {
      workers.shutdownNow();
    }
  }

  private Reading readSpans(
      Queue<Span> waiting, Sinks sinks, LongConsumer progress, AtomicBoolean failed) {
    Reading reading = new Reading();
    try (KafkaConsumer<byte[], byte[]> consumer = consumer(settings)) {
      for (Span span = waiting.poll(); span != null && !failed.get(); span = waiting.poll()) {
        Sink sink = sinks.open(span.partition().partition());
        new Backwards(consumer, span, sink, reading, progress).read();
        sink.close();
      }
    }
    return reading;
  }

  /** One partition, from its end to its beginning. */
  private final class Backwards {
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Span span;
    private final Sink sink;
    private final Reading reading;
    private final LongConsumer progress;
    private final ImageIds met = new ImageIds();
    private final List<ConsumerRecord<byte[], byte[]>> piece = new ArrayList<>(PIECE_RECORDS);
    private final List<PastImage> batch = new ArrayList<>(BATCH);

    Backwards(
        KafkaConsumer<byte[], byte[]> consumer,
        Span span,
        Sink sink,
        Reading reading,
        LongConsumer progress) {
      this.consumer = consumer;
      this.span = span;
      this.sink = sink;
      this.reading = reading;
      this.progress = progress;
    }

    void read() {
      consumer.assign(List.of(span.partition()));
      for (long to = span.to(); to > span.from(); ) {
        long from = Math.max(span.from(), to - PIECE_RECORDS);
        fetch(from, to);
        for (int i = piece.size() - 1; i >= 0; i--) {
          take(piece.get(i));
        }
        progress.accept(to - from);
        to = from;
      }
      handOn();
    }

    private void fetch(long from, long to) {
      piece.clear();
      consumer.seek(span.partition(), from);
      long deadline = System.nanoTime() + settings.patience().toNanos();
      // The position passes over transaction markers, and jumps where retention was faster.
      while (consumer.position(span.partition()) < to) {
        boolean any = false;
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
          any = true;
          if (record.offset() < to) {
            piece.add(record);
          }
        }
        if (any) {
          deadline = System.nanoTime() + settings.patience().toNanos();
        } else if (System.nanoTime() - deadline > 0) {
          throw new HistoryException(
              span.partition()
                  + " yields no record within "
                  + settings.patience()
                  + "; is the broker up?");
        }
      }
    }

    private void take(ConsumerRecord<byte[], byte[]> record) {
      reading.record();
      Decoded<EvidenceEvent> decoded = decoder.decode(record.topic(), record.value());
      if (decoded instanceof Decoded.Undecodable<EvidenceEvent> broken) {
        reading.unreadable(where(record) + ": " + broken.reason());
        return;
      }
      EvidenceEvent event = ((Decoded.Value<EvidenceEvent>) decoded).value();
      if (!event.getModel().getHash().equals(model.hash())
          || !event.getModel().getPreprocessingId().equals(model.preprocessingId())) {
        reading.otherModel(
            event.getModel().getId()
                + " "
                + shortened(event.getModel().getHash())
                + " with preprocessing "
                + shortened(event.getModel().getPreprocessingId()));
        return;
      }
      if (!met.add(event.getImageId())) {
        reading.repeated();
      } else if (record.timestamp() < settings.since().toEpochMilli()
          || record.timestamp() >= settings.until().toEpochMilli()) {
        reading.outside();
      } else if (settings.surface().isPresent()
          && !settings.surface().get().equals(event.getSurface())) {
        reading.elsewhere();
      } else {
        add(record, event);
      }
    }

    private void add(ConsumerRecord<byte[], byte[]> record, EvidenceEvent event) {
      try {
        batch.add(
            new PastImage(
                event,
                KeptEvidence.of(event, model),
                new Decider.Context(event.getImageId(), Optional.ofNullable(event.getSurface()))));
      } catch (IllegalArgumentException e) {
        reading.unreadable(where(record) + ": " + e.getMessage());
        return;
      }
      reading.image();
      if (batch.size() == BATCH) {
        handOn();
      }
    }

    private void handOn() {
      if (!batch.isEmpty()) {
        sink.take(List.copyOf(batch));
        batch.clear();
      }
    }
  }

  private static String where(ConsumerRecord<byte[], byte[]> record) {
    return record.topic() + "-" + record.partition() + " offset " + record.offset();
  }

  private static String shortened(String hash) {
    return hash.length() > 16 ? hash.substring(0, 12) + "…" : hash;
  }

  private static HistoryException unreachable(Settings settings, KafkaException e) {
    return new HistoryException(
        settings.topic()
            + " at "
            + settings.client().get("bootstrap.servers")
            + " cannot be read: "
            + e.getMessage(),
        e);
  }

  private static KafkaConsumer<byte[], byte[]> consumer(Settings settings) {
    Map<String, Object> properties = new HashMap<>(settings.client());
    properties.put("isolation.level", "read_committed");
    properties.put("enable.auto.commit", false);
    properties.put("auto.offset.reset", "earliest");
    properties.put("allow.auto.create.topics", false);
    properties.put("max.poll.records", PIECE_RECORDS);
    properties.put("max.partition.fetch.bytes", 4 << 20);
    properties.put("default.api.timeout.ms", (int) settings.patience().toMillis());
    properties.remove("group.id");
    return new KafkaConsumer<>(
        properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }
}
