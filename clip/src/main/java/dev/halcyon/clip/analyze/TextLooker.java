package dev.halcyon.clip.analyze;

import dev.halcyon.clip.TextAnalysis;
import dev.halcyon.clip.TextEvidence;
import dev.halcyon.clip.decode.DecodedImage;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Looks for written text in pictures. Safe for use by any thread. */
public interface TextLooker {
  /** Never looks. */
  TextLooker NONE =
      new TextLooker() {
        @Override
        public TextAnalysis effective(TextAnalysis asked) {
          return TextAnalysis.OFF;
        }

        @Override
        public int decodeShortSidePixels() {
          return 1;
        }

        @Override
        public CompletableFuture<Optional<TextEvidence>> look(
            DecodedImage image, TextAnalysis how, PictureEncoder encoder) {
          return CompletableFuture.completedFuture(Optional.empty());
        }
      };

  /** What is done where so much is asked for: less where this looker cannot do it. */
  TextAnalysis effective(TextAnalysis asked);

  /** What the shorter side of a picture must keep when it is decoded smaller than it is. */
  int decodeShortSidePixels();

  /**
   * Looks at one picture, on the calling thread, which is one of the preprocessing threads.
   *
   * @param how never OFF
   * @param encoder embeds pictures made from this one, in the same batches as all others
   * @return what was found; completes exceptionally as {@link PictureEncoder#encode} does
   * @throws InterruptedException if interrupted, as the encoder is
   */
  CompletableFuture<Optional<TextEvidence>> look(
      DecodedImage image, TextAnalysis how, PictureEncoder encoder) throws InterruptedException;
}
