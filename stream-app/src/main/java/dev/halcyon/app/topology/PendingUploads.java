package dev.halcyon.app.topology;

import dev.halcyon.events.state.PendingUpload;
import dev.halcyon.events.wire.EventClasses;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import org.apache.avro.AvroRuntimeException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;

/**
 * Pending uploads as the changelog holds them: Avro's single-object encoding, which names the
 * schema it was written with by fingerprint. No registry is needed, and a program that does not
 * know the schema says so instead of misreading it.
 */
final class PendingUploads {
  static {
    EventClasses.trust();
  }

  private PendingUploads() {}

  static Serde<PendingUpload> serde() {
    return Serdes.serdeFrom(
        (topic, pending) -> pending == null ? null : encode(pending),
        (topic, bytes) -> bytes == null ? null : decode(topic, bytes));
  }

  private static byte[] encode(PendingUpload pending) {
    try {
      ByteBuffer encoded = PendingUpload.getEncoder().encode(pending);
      byte[] bytes = new byte[encoded.remaining()];
      encoded.get(bytes);
      return bytes;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static PendingUpload decode(String topic, byte[] bytes) {
    try {
      return PendingUpload.getDecoder().decode(bytes);
    } catch (IOException | AvroRuntimeException e) {
      throw new SerializationException(
          "a pending upload in "
              + topic
              + " was written by a version of the program that this one cannot read; let that"
              + " version finish what is pending first",
          e);
    }
  }
}
