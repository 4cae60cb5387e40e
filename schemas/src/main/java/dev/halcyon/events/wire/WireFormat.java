package dev.halcyon.events.wire;

import java.nio.ByteBuffer;
import org.apache.kafka.common.errors.SerializationException;

/** The five bytes before the Avro binary: a zero, then the schema id, big endian. */
final class WireFormat {
  static final int HEADER_BYTES = 5;
  private static final byte MAGIC = 0;

  private WireFormat() {}

  static byte[] header(int schemaId) {
    return ByteBuffer.allocate(HEADER_BYTES).put(MAGIC).putInt(schemaId).array();
  }

  /**
   * The schema id of a record.
   *
   * @throws SerializationException where the record has no such header
   */
  static int schemaId(byte[] data) {
    if (data.length < HEADER_BYTES) {
      throw new SerializationException(
          "the record has "
              + data.length
              + " bytes, too few for the Confluent wire format: a zero byte, a four-byte schema id,"
              + " then Avro binary");
    }
    if (data[0] != MAGIC) {
      throw new SerializationException(
          String.format(
              "the record starts with byte 0x%02x, not with 0x00 as in the Confluent wire format;"
                  + " was it written with a schema registry's Avro serializer?",
              data[0]));
    }
    return ByteBuffer.wrap(data, 1, Integer.BYTES).getInt();
  }
}
