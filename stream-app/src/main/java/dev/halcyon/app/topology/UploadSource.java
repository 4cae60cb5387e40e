package dev.halcyon.app.topology;

import dev.halcyon.events.SourceRef;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Reads records of the upload topic a second time. Safe for use by any thread. */
public interface UploadSource extends AutoCloseable {
  /**
   * Starts to read the record at a place.
   *
   * @return its value, or nothing where the topic no longer has it; exceptionally where Kafka does
   *     not answer
   */
  CompletableFuture<Optional<byte[]>> read(SourceRef place);

  @Override
  void close();
}
