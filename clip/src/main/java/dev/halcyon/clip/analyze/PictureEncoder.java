package dev.halcyon.clip.analyze;

import dev.halcyon.clip.decode.RgbImage;
import java.util.concurrent.CompletableFuture;

/** Pictures to unit embeddings, through preprocessing and the common batches. */
public interface PictureEncoder {
  /**
   * Embeds a picture. Preprocesses on the calling thread, and blocks while the batches are full.
   *
   * @return the unit embedding; completes exceptionally with {@link
   *     dev.halcyon.clip.RejectedImageException} if the model refuses the picture, or {@link
   *     dev.halcyon.clip.EngineBrokenException}
   * @throws InterruptedException if interrupted while the batches are full
   */
  CompletableFuture<float[]> encode(RgbImage picture) throws InterruptedException;
}
