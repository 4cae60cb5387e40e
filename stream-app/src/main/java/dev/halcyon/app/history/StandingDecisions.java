package dev.halcyon.app.history;

import dev.halcyon.events.AlertAction;
import dev.halcyon.events.AlertEvent;
import dev.halcyon.events.LabelSetRef;
import dev.halcyon.events.SourceRef;
import dev.halcyon.events.TagEvent;
import dev.halcyon.events.wire.Decoded;
import dev.halcyon.events.wire.EventDecoder;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * What is decided of the images of one partition, as those who read the events know it: the latest
 * tag event of each image, and the alerts that stand. A live decision takes the place of all before
 * it; a correction changes only the alerts it names. Immutable once read.
 */
final class StandingDecisions {
  private static final Duration POLL = Duration.ofMillis(200);

  private final Map<String, Standing> byImage = new HashMap<>();

  /**
   * An alert that stands.
   *
   * @param action REVIEW or BLOCK
   * @param severity 0 to 6
   */
  record Alert(AlertAction action, int severity) {}

  /**
   * What is decided of one image.
   *
   * @param labelSet the version that decided last
   * @param source the upload decided on
   * @param tags labels that fired
   * @param alerts alerts that stand, by label
   */
  record Standing(
      LabelSetRef labelSet, SourceRef source, Set<String> tags, Map<String, Alert> alerts) {}

  /**
   * Where to read.
   *
   * @param client how to reach Kafka, as for a plain client
   * @param since from then on
   * @param patience how long Kafka may yield nothing before reading fails
   */
  record Settings(
      Map<String, Object> client, String tags, String alerts, Instant since, Duration patience) {}

  private StandingDecisions() {}

  /**
   * Reads one partition of both topics to its committed end of now.
   *
   * @throws HistoryException if Kafka stops answering
   */
  static StandingDecisions read(
      Settings settings,
      int partition,
      EventDecoder<TagEvent> tagDecoder,
      EventDecoder<AlertEvent> alertDecoder) {
    StandingDecisions standing = new StandingDecisions();
    Map<String, Instant> liveSince = new HashMap<>();
    try (KafkaConsumer<byte[], byte[]> consumer = consumer(settings)) {
      forEach(
          consumer,
          new TopicPartition(settings.tags(), partition),
          settings,
          record -> {
            if (tagDecoder.decode(record.topic(), record.value())
                instanceof Decoded.Value<TagEvent> decoded) {
              standing.take(decoded.value(), liveSince);
            }
          });
      forEach(
          consumer,
          new TopicPartition(settings.alerts(), partition),
          settings,
          record -> {
            if (alertDecoder.decode(record.topic(), record.value())
                instanceof Decoded.Value<AlertEvent> decoded) {
              standing.take(decoded.value(), liveSince);
            }
          });
    }
    return standing;
  }

  /** What is decided of an image, if a tag event within the time says so. */
  Optional<Standing> of(String imageId) {
    return Optional.ofNullable(byImage.get(imageId));
  }

  private void take(TagEvent event, Map<String, Instant> liveSince) {
    Set<String> tags = new TreeSet<>();
    event.getTags().forEach(tag -> tags.add(tag.getLabel()));
    byImage.put(
        event.getImageId(),
        new Standing(event.getLabelSet(), event.getSource(), tags, new TreeMap<>()));
    if (!event.getCorrective()) {
      liveSince.put(event.getImageId(), event.getDecidedAt());
    }
  }

  private void take(AlertEvent event, Map<String, Instant> liveSince) {
    Standing standing = byImage.get(event.getImageId());
    Instant live = liveSince.getOrDefault(event.getImageId(), Instant.MIN);
    // Of an earlier upload with the same id.
    if (standing == null || event.getDecidedAt().isBefore(live)) {
      return;
    }
    if (event.getAction() == AlertAction.RELEASE) {
      standing.alerts().remove(event.getLabel());
    } else {
      standing.alerts().put(event.getLabel(), new Alert(event.getAction(), event.getSeverity()));
    }
  }

  private static void forEach(
      KafkaConsumer<byte[], byte[]> consumer,
      TopicPartition partition,
      Settings settings,
      Consumer<ConsumerRecord<byte[], byte[]>> each) {
    List<TopicPartition> one = List.of(partition);
    consumer.assign(one);
    OffsetAndTimestamp start =
        consumer.offsetsForTimes(Map.of(partition, settings.since().toEpochMilli())).get(partition);
    if (start == null) {
      return;
    }
    long end = consumer.endOffsets(one).get(partition);
    consumer.seek(partition, start.offset());
    long deadline = System.nanoTime() + settings.patience().toNanos();
    while (consumer.position(partition) < end) {
      boolean any = false;
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
        any = true;
        each.accept(record);
      }
      if (any) {
        deadline = System.nanoTime() + settings.patience().toNanos();
      } else if (System.nanoTime() - deadline > 0) {
        throw new HistoryException(
            partition + " yields no record within " + settings.patience() + "; is the broker up?");
      }
    }
  }

  private static KafkaConsumer<byte[], byte[]> consumer(Settings settings) {
    Map<String, Object> properties = new HashMap<>(settings.client());
    properties.put("isolation.level", "read_committed");
    properties.put("enable.auto.commit", false);
    properties.put("auto.offset.reset", "earliest");
    properties.put("allow.auto.create.topics", false);
    properties.put("max.poll.records", 4_096);
    properties.put("default.api.timeout.ms", (int) settings.patience().toMillis());
    properties.remove("group.id");
    return new KafkaConsumer<>(
        properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }
}
