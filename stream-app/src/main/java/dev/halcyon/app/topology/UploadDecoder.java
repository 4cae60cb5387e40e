package dev.halcyon.app.topology;

import dev.halcyon.events.ImageUpload;

/** Reads the value of a record of the upload topic. Used by stream threads. */
@FunctionalInterface
public interface UploadDecoder {
  /**
   * Decodes an upload.
   *
   * @param topic where the record stands
   * @param value the record's value, never null
   * @throws org.apache.kafka.common.errors.SerializationException if the bytes are no upload; any
   *     other exception means that they could not be looked at (a registry that does not answer)
   *     and stops the stream
   */
  ImageUpload decode(String topic, byte[] value);
}
