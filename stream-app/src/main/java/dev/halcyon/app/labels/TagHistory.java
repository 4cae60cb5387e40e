package dev.halcyon.app.labels;

import dev.halcyon.events.TagEvent;
import dev.halcyon.events.wire.Decoded;
import dev.halcyon.events.wire.EventDecoder;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.function.Consumer;

/** What was decided, as the topic of tags remembers it. */
public final class TagHistory {
  private TagHistory() {}

  /**
   * Reads the decisions since a moment, up to the last committed one of now, as they were emitted;
   * records that are no tag events are passed over.
   *
   * @param client how to reach Kafka, as for a plain client
   * @param topic the topic of tags
   * @param patience how long the whole may take
   * @throws LabelTopicException if the topic cannot be read in time
   */
  public static void read(
      Map<String, Object> client,
      String topic,
      Instant since,
      Duration patience,
      EventDecoder<TagEvent> decoder,
      Consumer<TagEvent> each) {
    Deadline deadline = Deadline.in(patience);
    try (TopicReader reader = new TopicReader(client, topic, deadline)) {
      reader.seekTo(since, deadline);
      reader.readToCommittedEnd(
          deadline,
          record -> {
            if (record.value() != null
                && decoder.decode(record.topic(), record.value())
                    instanceof Decoded.Value<TagEvent> event
                && !event.value().getDecidedAt().isBefore(since)) {
              each.accept(event.value());
            }
          });
    }
  }
}
