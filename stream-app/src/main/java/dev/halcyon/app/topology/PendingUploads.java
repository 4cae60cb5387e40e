package dev.halcyon.app.topology;

import dev.halcyon.events.state.PendingUpload;
import org.apache.kafka.common.serialization.Serde;

/** Pending uploads as the changelog holds them. */
final class PendingUploads {
  private PendingUploads() {}

  static Serde<PendingUpload> serde() {
    return AvroState.serde(
        PendingUpload.getEncoder(), PendingUpload.getDecoder(), "a pending upload");
  }
}
