package dev.halcyon.app.config;

import dev.halcyon.events.wire.EventDeserializer;
import dev.halcyon.events.wire.EventSerializer;
import java.util.Map;
import java.util.TreeMap;

/** How events are written and read. */
public record SerdesConfig(
    @Setting(
            "Class of Kafka's Serializer for values; io.confluent.kafka.serializers."
                + "KafkaAvroSerializer writes the same bytes.")
        String serializer,
    @Setting(
            "Class of Kafka's Deserializer for values; io.confluent.kafka.serializers."
                + "KafkaAvroDeserializer reads the same bytes.")
        String deserializer,
    @Setting(
            "Passed to both classes: schema.registry.url, basic.auth.user.info, and so on. Values"
                + " are never logged.")
        Map<String, String> properties) {
  public SerdesConfig {
    properties = Map.copyOf(properties);
    if (serializer.isBlank()) {
      throw new ConfigException("serializer is empty; name a class");
    }
    if (deserializer.isBlank()) {
      throw new ConfigException("deserializer is empty; name a class");
    }
  }

  public static SerdesConfig defaults() {
    return new SerdesConfig(
        EventSerializer.class.getName(),
        EventDeserializer.class.getName(),
        Map.of("schema.registry.url", "http://localhost:8081"));
  }

  /** The properties as the classes take them. */
  public Map<String, Object> clientProperties() {
    Map<String, Object> all = new TreeMap<>();
    all.put("specific.avro.reader", true);
    all.putAll(properties);
    return all;
  }
}
