package dev.halcyon.app.models;

import dev.halcyon.clip.Evidence;
import dev.halcyon.clip.ModelIdentity;
import dev.halcyon.events.Embeddings;
import dev.halcyon.events.EvidenceEvent;
import dev.halcyon.events.wire.Decoded;
import dev.halcyon.events.wire.EventDecoder;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** The evidence of one model in a topic, from a moment on to its committed end of now. */
final class EvidenceTopic {
  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Map<String, Object> client;
  private final String topic;
  private final EventDecoder<EvidenceEvent> decoder;
  private final ModelIdentity model;

  EvidenceTopic(
      Map<String, Object> client,
      String topic,
      EventDecoder<EvidenceEvent> decoder,
      ModelIdentity model) {
    this.client = client;
    this.topic = topic;
    this.decoder = decoder;
    this.model = model;
  }

  /**
   * Reads it.
   *
   * @param each takes the place of an upload, the same in every topic, and what it showed
   * @return how many records were of another model or could not be read
   * @throws IllegalStateException if the topic is not there or does not answer
   */
  long read(Instant since, BiConsumer<String, Evidence> each) {
    long passedOver = 0;
    Map<String, Object> properties = new HashMap<>(client);
    properties.put("isolation.level", "read_committed");
    properties.put("enable.auto.commit", false);
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          Optional.ofNullable(consumer.partitionsFor(topic)).orElse(List.of()).stream()
              .map(info -> new TopicPartition(topic, info.partition()))
              .toList();
      if (partitions.isEmpty()) {
        throw new IllegalStateException("topic " + topic + " is not there");
      }
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      Map<TopicPartition, Long> wanted = new HashMap<>();
      partitions.forEach(partition -> wanted.put(partition, since.toEpochMilli()));
      Map<TopicPartition, OffsetAndTimestamp> starts = consumer.offsetsForTimes(wanted);
      consumer.assign(partitions);
      for (TopicPartition partition : partitions) {
        OffsetAndTimestamp start = starts.get(partition);
        consumer.seek(partition, start == null ? ends.get(partition) : start.offset());
      }
      long deadline = System.nanoTime() + PATIENCE.toNanos();
      while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
          deadline = System.nanoTime() + PATIENCE.toNanos();
          if (decoder.decode(topic, record.value()) instanceof Decoded.Value<EvidenceEvent> read
              && isOfThisModel(read.value())) {
            each.accept(place(read.value()), evidence(read.value()));
          } else {
            passedOver++;
          }
        }
        if (System.nanoTime() - deadline > 0) {
          throw new IllegalStateException(
              "topic " + topic + " has yielded nothing for " + PATIENCE.toSeconds() + " s");
        }
      }
    }
    return passedOver;
  }

  private boolean isOfThisModel(EvidenceEvent event) {
    return event.getModel().getHash().equals(model.hash())
        && event.getModel().getPreprocessingId().equals(model.preprocessingId());
  }

  private static String place(EvidenceEvent event) {
    return event.getImageId()
        + "@"
        + event.getSource().getPartition()
        + ":"
        + event.getSource().getOffset();
  }

  /** Without what was made of written text, which a shadow does not look for. */
  private Evidence evidence(EvidenceEvent event) {
    return new Evidence(
        model,
        embedding(event.getImageEmbedding()),
        event.getPartEmbeddings().stream().map(this::embedding).toList(),
        Optional.empty(),
        event.getWidthPixels(),
        event.getHeightPixels(),
        event.getFormat(),
        event.getContentSha256(),
        event.getReused());
  }

  private float[] embedding(ByteBuffer half) {
    return Embeddings.decode(half, model.dimensions());
  }
}
