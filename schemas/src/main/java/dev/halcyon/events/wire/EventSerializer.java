package dev.halcyon.events.wire;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.Schema;
import org.apache.avro.generic.IndexedRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Serializer;

/**
 * Writes Avro records in Confluent's wire format. The subject is the topic with {@code -value} or
 * {@code -key}; the schema is registered at the first record of a topic, unless {@code
 * auto.register.schemas} is false: then it must be there already.
 *
 * <p>Settings: {@code schema.registry.url}, {@code auto.register.schemas} (true), {@code
 * basic.auth.credentials.source}, {@code basic.auth.user.info}, {@code bearer.auth.token}, {@code
 * schema.registry.ssl.truststore.*}, {@code schema.registry.ssl.keystore.*}, {@code
 * http.connect.timeout.ms} (5000), {@code http.read.timeout.ms} (10000). Once configured it is safe
 * for use by many threads.
 */
public final class EventSerializer implements Serializer<IndexedRecord> {
  static {
    EventClasses.trust();
  }

  private final Map<Schema, Schema> portable = new ConcurrentHashMap<>();
  private RegistryClient registry;
  private boolean autoRegister;
  private String suffix;

  /** As Kafka makes it from a class name; {@link #configure} comes next. */
  public EventSerializer() {}

  @Override
  public void configure(Map<String, ?> configs, boolean isKey) {
    registry = new RegistryClient(RegistrySettings.from(configs));
    autoRegister = RegistrySettings.flag(configs, RegistrySettings.AUTO_REGISTER, true);
    suffix = isKey ? "-key" : "-value";
  }

  /**
   * Writes one record; null stays null.
   *
   * @throws SerializationException where the record does not fit its own schema
   * @throws RegistryException where the registry does not answer or refuses the schema
   */
  @Override
  public byte[] serialize(String topic, IndexedRecord event) {
    if (event == null) {
      return null;
    }
    if (registry == null) {
      throw new IllegalStateException("the serializer is used before it is configured");
    }
    Schema schema = event.getSchema();
    Schema registered = portable.computeIfAbsent(schema, PortableSchema::of);
    String subject = topic + suffix;
    int id =
        autoRegister ? registry.register(subject, registered) : registry.find(subject, registered);
    ByteArrayOutputStream out = new ByteArrayOutputStream(512);
    out.writeBytes(WireFormat.header(id));
    BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, null);
    try {
      new SpecificDatumWriter<>(schema, SpecificData.getForSchema(schema)).write(event, encoder);
      encoder.flush();
    } catch (IOException | RuntimeException e) {
      throw new SerializationException(
          "cannot write a " + schema.getFullName() + " to " + topic + ": " + e.getMessage(), e);
    }
    return out.toByteArray();
  }
}
