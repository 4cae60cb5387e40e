package dev.halcyon.app.labels;

import dev.halcyon.events.LabelSetStatus;
import dev.halcyon.events.wire.Decoded;
import dev.halcyon.events.wire.EventDecoder;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** How the instances stand to the label sets, as they last said on the status topic. */
public final class FleetStatus {
  private FleetStatus() {}

  /**
   * The last word of every instance on every set, by set and instance.
   *
   * @param client how to reach Kafka, as for a plain client
   * @param topic the compacted topic of acknowledgements
   * @param patience how long Kafka may take to answer
   * @throws LabelTopicException if the topic cannot be read
   */
  public static List<LabelSetStatus> read(
      Map<String, Object> client,
      String topic,
      Duration patience,
      EventDecoder<LabelSetStatus> decoder) {
    Map<String, LabelSetStatus> last = new TreeMap<>();
    for (ConsumerRecord<String, byte[]> record :
        TopicReader.readAll(client, topic, Deadline.in(patience))) {
      if (record.value() == null) {
        last.remove(record.key());
      } else if (decoder.decode(record.topic(), record.value())
          instanceof Decoded.Value<LabelSetStatus> status) {
        last.put(record.key(), status.value());
      }
    }
    return last.values().stream()
        .sorted(
            Comparator.comparing(LabelSetStatus::getName)
                .thenComparing(LabelSetStatus::getInstanceId))
        .toList();
  }
}
