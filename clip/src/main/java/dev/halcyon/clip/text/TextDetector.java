package dev.halcyon.clip.text;

import dev.halcyon.clip.batch.Batcher;
import dev.halcyon.clip.decode.DecodedImage;
import dev.halcyon.clip.preprocess.PreprocessingSpec;
import dev.halcyon.clip.preprocess.PreprocessingSpec.CropRounding;
import dev.halcyon.clip.preprocess.PreprocessingSpec.Filter;
import dev.halcyon.clip.preprocess.PreprocessingSpec.Resize;
import dev.halcyon.clip.preprocess.Preprocessor;
import java.util.List;
import java.util.concurrent.ExecutionException;

/**
 * PP-OCR's detector on a square of fixed side, to which pictures are squashed: so they go in
 * batches, whatever their shape. Safe for use by any thread.
 */
final class TextDetector {
  private static final List<Float> MEAN = List.of(0.485f, 0.456f, 0.406f);
  private static final List<Float> STD = List.of(0.229f, 0.224f, 0.225f);

  private final Preprocessor preprocessor;
  private final Batcher batcher;
  private final LineFinder finder;

  private TextDetector(int side, Batcher batcher, LineFinder finder) {
    this.preprocessor =
        new Preprocessor(
            new PreprocessingSpec(
                Resize.SQUASH,
                side,
                side,
                Filter.BILINEAR,
                side,
                side,
                CropRounding.FLOOR,
                MEAN,
                STD));
    this.batcher = batcher;
    this.finder = finder;
  }

  /** Loads the detector for squares of this side. */
  static TextDetector open(OcrBatches batches, int side) {
    return new TextDetector(side, batcher(batches, side), new LineFinder(side));
  }

  /** Loads the detector with thresholds of its own. */
  static TextDetector open(OcrBatches batches, int side, float pixel, float line) {
    return new TextDetector(side, batcher(batches, side), new LineFinder(side, pixel, line));
  }

  private static Batcher batcher(OcrBatches batches, int side) {
    return batches.open(
        OcrModels.DETECTOR.file(),
        OcrModels.DETECTOR.bytes(),
        List.of(3, side, side),
        List.of(1, side, side));
  }

  /**
   * Finds lines of writing. Blocks until the detector has run.
   *
   * @return in pixels of {@code image.image()}, largest first
   * @throws ExecutionException if the detector refuses the picture, or the engine is broken
   */
  List<TextLine> find(DecodedImage image) throws InterruptedException, ExecutionException {
    float[] probabilities;
    try (Batcher.Ticket ticket = batcher.expect()) {
      probabilities = ticket.submit(out -> preprocessor.writeTo(image, out)).get();
    }
    return finder.find(probabilities, image.image().width(), image.image().height());
  }
}
