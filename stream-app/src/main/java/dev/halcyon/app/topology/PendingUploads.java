package dev.halcyon.app.topology;

import dev.halcyon.events.ImageUpload;
import dev.halcyon.events.SourceRef;
import dev.halcyon.events.state.PendingUpload;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Map;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.data.TimeConversions;
import org.apache.avro.message.BinaryMessageDecoder;
import org.apache.avro.specific.SpecificData;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;

/**
 * Pending uploads as the changelog holds them: Avro's single-object encoding, which names the
 * schema it was written with by fingerprint. No registry is needed, and a program that does not
 * know the schema says so instead of misreading it.
 */
final class PendingUploads {
  private static final BinaryMessageDecoder<PendingUpload> DECODER =
      new BinaryMessageDecoder<>(new Classes(), PendingUpload.getClassSchema());

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
      return DECODER.decode(bytes);
    } catch (IOException | AvroRuntimeException e) {
      throw new SerializationException(
          "a pending upload in "
              + topic
              + " was written by a version of the program that this one cannot read; let that"
              + " version finish what is pending first",
          e);
    }
  }

  /**
   * Makes the classes of a pending upload and no others. Avro by itself would load whatever class a
   * schema names, and therefore refuses those it is not told to trust.
   */
  private static final class Classes extends SpecificData {
    private static final Map<String, Class<?>> BY_NAME =
        Map.of(
            PendingUpload.getClassSchema().getFullName(), PendingUpload.class,
            ImageUpload.getClassSchema().getFullName(), ImageUpload.class,
            SourceRef.getClassSchema().getFullName(), SourceRef.class);

    private Classes() {
      addLogicalTypeConversion(new TimeConversions.TimestampMillisConversion());
    }

    @Override
    @SuppressWarnings("rawtypes")
    public Class getClass(Schema schema) {
      return schema.getType() == Schema.Type.RECORD
          ? BY_NAME.get(schema.getFullName())
          : super.getClass(schema);
    }
  }
}
