package dev.halcyon.app.topology;

import dev.halcyon.clip.Outcome;
import dev.halcyon.events.state.PendingUpload;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** How an upload comes to its outcome. Called by the stream thread; never blocks. */
@FunctionalInterface
interface Analysis {
  /**
   * Starts the analysis of an upload.
   *
   * @param inline its image, where the upload carries it and it is at hand; where it is not at
   *     hand, it is read again from the upload's place
   */
  CompletableFuture<Outcome> start(PendingUpload pending, Optional<ByteBuffer> inline);
}
