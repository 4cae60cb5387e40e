package dev.halcyon.events.wire;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.Serializer;

/**
 * Typed serdes for the values of topics, over one serializer and one deserializer chosen by class
 * name: {@link EventSerializer} and {@link EventDeserializer}, or Confluent's {@code
 * io.confluent.kafka.serializers.KafkaAvroSerializer} and {@code KafkaAvroDeserializer}. What this
 * makes shares one registry client, is safe for use by many threads, and lives until {@link
 * #close}.
 */
public final class EventSerdes implements AutoCloseable {
  static {
    EventClasses.trust();
  }

  private final Serializer<Object> serializer;
  private final Deserializer<Object> deserializer;

  /** The serdes of this package, with settings as of {@link EventSerializer}. */
  public EventSerdes(Map<String, ?> settings) {
    this(EventSerializer.class.getName(), EventDeserializer.class.getName(), settings);
  }

  /**
   * Serdes over the named classes.
   *
   * @param settings passed through to both; {@code specific.avro.reader} is always true
   * @throws ConfigException where a class is missing or a setting is wrong
   */
  public EventSerdes(String serializerClass, String deserializerClass, Map<String, ?> settings) {
    Map<String, Object> all = new HashMap<>(settings);
    all.put(RegistrySettings.SPECIFIC_READER, true);
    serializer = instance(serializerClass, Serializer.class);
    deserializer = instance(deserializerClass, Deserializer.class);
    serializer.configure(all, false);
    deserializer.configure(all, false);
  }

  /** The serde of one event. Closing it does nothing. */
  public <T extends SpecificRecord> Serde<T> values(Class<T> type) {
    return Serdes.serdeFrom(new Typed<>(serializer), topicDeserializer(type));
  }

  /** The decoder of one event. */
  public <T extends SpecificRecord> EventDecoder<T> decoder(Class<T> type) {
    Deserializer<T> typed = topicDeserializer(type);
    return (topic, bytes) -> {
      if (bytes == null) {
        return new Decoded.Undecodable<>("the record has no value");
      }
      try {
        WireFormat.schemaId(bytes);
        return new Decoded.Value<>(typed.deserialize(topic, bytes));
      } catch (SerializationException e) {
        if (isRegistryAtFault(e)) {
          throw new RegistryException("the schema registry fails: " + reason(e), e);
        }
        return new Decoded.Undecodable<>(reason(e));
      }
    };
  }

  @Override
  public void close() {
    serializer.close();
    deserializer.close();
  }

  private <T extends SpecificRecord> Deserializer<T> topicDeserializer(Class<T> type) {
    Deserializer<?> chosen = deserializer;
    if (chosen instanceof EventDeserializer ours) {
      Schema reader = SpecificData.get().getSchema(type);
      return (topic, data) -> data == null ? null : type.cast(ours.deserialize(data, reader));
    }
    return (topic, data) -> {
      Object read = deserializer.deserialize(topic, data);
      if (read != null && !type.isInstance(read)) {
        throw new SerializationException(
            "the record is a " + read.getClass().getName() + ", not a " + type.getName());
      }
      return type.cast(read);
    };
  }

  @SuppressWarnings("unchecked")
  private static <S> S instance(String className, Class<? super S> wanted) {
    try {
      Class<?> type = Class.forName(className);
      if (!wanted.isAssignableFrom(type)) {
        throw new ConfigException(className + " is not a Kafka " + wanted.getSimpleName());
      }
      return (S) type.getDeclaredConstructor().newInstance();
    } catch (ClassNotFoundException e) {
      throw new ConfigException(
          "class "
              + className
              + " is not on the class path"
              + (className.startsWith("io.confluent.")
                  ? "; build with -Pconfluent, or leave the class out to use Halcyon's own"
                  : ""));
    } catch (ReflectiveOperationException e) {
      throw new ConfigException("class " + className + " cannot be made: " + e);
    }
  }

  private static String reason(SerializationException e) {
    Throwable cause = e.getCause();
    String detail =
        cause == null || cause.getMessage() == null || e.getMessage().contains(cause.getMessage())
            ? ""
            : ": " + cause.getMessage();
    return e.getMessage() + detail;
  }

  /**
   * Confluent's deserializers report a registry that does not answer as if the record were broken;
   * the cause tells them apart.
   */
  private static boolean isRegistryAtFault(Throwable thrown) {
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (cause instanceof java.net.SocketException
          || cause instanceof java.net.UnknownHostException
          || cause instanceof java.io.InterruptedIOException
          || cause instanceof java.net.http.HttpTimeoutException
          || cause instanceof javax.net.ssl.SSLException
          || isRefusal(cause)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isRefusal(Throwable cause) {
    if (!cause.getClass().getSimpleName().equals("RestClientException")) {
      return false;
    }
    try {
      Object status = cause.getClass().getMethod("getStatus").invoke(cause);
      return !Optional.of(404).equals(Optional.ofNullable(status));
    } catch (ReflectiveOperationException e) {
      return true;
    }
  }

  /** Does not close what it shares. */
  private record Typed<T>(Serializer<Object> shared) implements Serializer<T> {
    @Override
    public byte[] serialize(String topic, T event) {
      return shared.serialize(topic, event);
    }
  }
}
