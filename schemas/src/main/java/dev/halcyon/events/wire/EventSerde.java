package dev.halcyon.events.wire;

import java.util.Map;
import org.apache.avro.generic.IndexedRecord;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serializer;

/**
 * {@link EventSerializer} and {@link EventDeserializer} together, for settings that name a serde.
 */
public final class EventSerde implements Serde<IndexedRecord> {
  private final EventSerializer serializer = new EventSerializer();
  private final EventDeserializer deserializer = new EventDeserializer();

  /** As Kafka makes it from a class name; {@link #configure} comes next. */
  public EventSerde() {}

  @Override
  public void configure(Map<String, ?> configs, boolean isKey) {
    serializer.configure(configs, isKey);
    deserializer.configure(configs, isKey);
  }

  @Override
  public Serializer<IndexedRecord> serializer() {
    return serializer;
  }

  @Override
  public Deserializer<IndexedRecord> deserializer() {
    return deserializer;
  }
}
