package dev.halcyon.app.topology;

import dev.halcyon.events.wire.EventClasses;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.message.BinaryMessageDecoder;
import org.apache.avro.message.BinaryMessageEncoder;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;

/**
 * The program's own state as changelogs hold it: Avro's single-object encoding, which names the
 * schema it was written with by fingerprint. No registry is needed, and a program that does not
 * know the schema says so instead of misreading it.
 */
final class AvroState {
  static {
    EventClasses.trust();
  }

  private AvroState() {}

  /**
   * A serde.
   *
   * @param what names the record in errors
   */
  static <T extends SpecificRecord> Serde<T> serde(
      BinaryMessageEncoder<T> encoder, BinaryMessageDecoder<T> decoder, String what) {
    return Serdes.serdeFrom(
        (topic, value) -> value == null ? null : encode(encoder, value),
        (topic, bytes) -> bytes == null ? null : decode(decoder, topic, bytes, what));
  }

  private static <T> byte[] encode(BinaryMessageEncoder<T> encoder, T value) {
    try {
      ByteBuffer encoded = encoder.encode(value);
      byte[] bytes = new byte[encoded.remaining()];
      encoded.get(bytes);
      return bytes;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static <T> T decode(
      BinaryMessageDecoder<T> decoder, String topic, byte[] bytes, String what) {
    try {
      return decoder.decode(bytes);
    } catch (IOException | AvroRuntimeException e) {
      throw new SerializationException(
          what
              + " in "
              + topic
              + " was written by a version of the program that this one cannot read; let that"
              + " version finish what is pending first",
          e);
    }
  }
}
