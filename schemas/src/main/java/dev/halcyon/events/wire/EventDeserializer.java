package dev.halcyon.events.wire;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.IndexedRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DatumReader;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;

/**
 * Reads Avro records in Confluent's wire format: written with the schema the registry gives for the
 * record's id, read as the class of this release.
 *
 * <p>Settings: those of {@link EventSerializer}, and {@code specific.avro.reader} (false): whether
 * the generated class is returned or a generic record. Once configured it is safe for use by many
 * threads.
 */
public final class EventDeserializer implements Deserializer<IndexedRecord> {
  static {
    EventClasses.trust();
  }

  private final Map<ReaderKey, DatumReader<IndexedRecord>> readers = new ConcurrentHashMap<>();
  private RegistryClient registry;
  private boolean specific;

  private record ReaderKey(int schemaId, Schema reader, boolean specific) {}

  /** As Kafka makes it from a class name; {@link #configure} comes next. */
  public EventDeserializer() {}

  @Override
  public void configure(Map<String, ?> configs, boolean isKey) {
    registry = new RegistryClient(RegistrySettings.from(configs));
    specific = RegistrySettings.flag(configs, RegistrySettings.SPECIFIC_READER, false);
  }

  /**
   * Reads one record; null stays null.
   *
   * @throws SerializationException where this record cannot be read; the message says why
   * @throws RegistryException where the registry does not answer or refuses
   */
  @Override
  public IndexedRecord deserialize(String topic, byte[] data) {
    if (data == null) {
      return null;
    }
    int id = WireFormat.schemaId(data);
    Schema writer = schema(id);
    return read(data, id, writer, specific ? specificSchema(writer) : writer, specific);
  }

  /** As {@link #deserialize(String, byte[])}, resolved to the schema of a generated class. */
  IndexedRecord deserialize(byte[] data, Schema reader) {
    int id = WireFormat.schemaId(data);
    return read(data, id, schema(id), reader, true);
  }

  private Schema schema(int id) {
    if (registry == null) {
      throw new IllegalStateException("the deserializer is used before it is configured");
    }
    return registry.schema(id);
  }

  /** Avro itself would read any record as any other whose fields have defaults. */
  private static void checkName(Schema writer, Schema reader) {
    if (writer.getType() != Schema.Type.RECORD || !writer.getName().equals(reader.getName())) {
      String name =
          writer.getType() == Schema.Type.RECORD
              ? writer.getFullName()
              : writer.getType().getName();
      throw new SerializationException(
          "the record is a " + name + ", not a " + reader.getFullName());
    }
  }

  private IndexedRecord read(byte[] data, int id, Schema writer, Schema reader, boolean asClass) {
    checkName(writer, reader);
    DatumReader<IndexedRecord> datumReader =
        readers.computeIfAbsent(
            new ReaderKey(id, reader, asClass),
            key ->
                asClass
                    ? new SpecificDatumReader<>(writer, reader, SpecificData.getForSchema(reader))
                    : new GenericDatumReader<>(writer, reader, GenericData.get()));
    BinaryDecoder decoder =
        DecoderFactory.get()
            .binaryDecoder(
                data, WireFormat.HEADER_BYTES, data.length - WireFormat.HEADER_BYTES, null);
    IndexedRecord event;
    int left;
    try {
      event = datumReader.read(null, decoder);
      left = decoder.remainingBytes();
    } catch (IOException | RuntimeException e) {
      // Hostile bytes make Avro throw nearly anything.
      throw new SerializationException(
          "the record is not a "
              + reader.getFullName()
              + " written as schema id "
              + id
              + " ("
              + writer.getFullName()
              + "): "
              + Optional.ofNullable(e.getMessage()).orElse(e.getClass().getSimpleName()),
          e);
    }
    if (left > 0) {
      throw new SerializationException(
          "the record has " + left + " bytes after the end of its " + writer.getFullName());
    }
    return event;
  }

  private static Schema specificSchema(Schema writer) {
    String name = writer.getFullName();
    try {
      Class<?> type = Class.forName(name, false, EventDeserializer.class.getClassLoader());
      if (SpecificRecord.class.isAssignableFrom(type)) {
        return SpecificData.get().getSchema(type);
      }
    } catch (ClassNotFoundException e) {
      // said below
    }
    throw new SerializationException(
        "the record is a " + name + ", for which this program has no generated class");
  }
}
