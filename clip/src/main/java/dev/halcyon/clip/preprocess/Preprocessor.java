package dev.halcyon.clip.preprocess;

import dev.halcyon.clip.decode.DecodedImage;
import dev.halcyon.clip.decode.RgbImage;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Objects;

/**
 * Writes pictures as a model's input. Safe for use by any number of threads; each keeps its own
 * scratch memory.
 */
public final class Preprocessor {
  private final PreprocessingSpec spec;

  public Preprocessor(PreprocessingSpec spec) {
    this.spec = Objects.requireNonNull(spec, "spec");
  }

  public PreprocessingSpec spec() {
    return spec;
  }

  /**
   * The shorter side a decoder must keep so that {@link #writeTo(DecodedImage, FloatBuffer)} gives
   * the embedding of the full picture: pass it to {@code ImageDecoder.decode}.
   */
  public int decodeShortSidePixels() {
    if (spec.height() > 0) {
      throw new UnsupportedOperationException("not wired yet");
    }
    return spec.height();
  }

  /**
   * Writes one picture: channels x height x width floats, normalised, channel by channel, row by
   * row.
   *
   * @param out written from its position on, which moves past what was written; direct or not, in
   *     native order where direct
   * @throws java.nio.BufferOverflowException if fewer than {@link PreprocessingSpec#floats()}
   *     remain
   */
  public void writeTo(RgbImage image, FloatBuffer out) {
    if (out.remaining() < spec.floats()) {
      throw new java.nio.BufferOverflowException();
    }
    throw new UnsupportedOperationException("not wired yet");
  }

  /**
   * As {@link #writeTo(RgbImage, FloatBuffer)}, with the geometry of the picture's full size where
   * it was decoded smaller.
   */
  public void writeTo(DecodedImage decoded, FloatBuffer out) {
    writeTo(decoded.image(), out);
  }

  /**
   * Cuts a picture whose longer side exceeds {@code maxAspect} times its shorter one into
   * overlapping squares along the longer side that together cover it, evenly spaced; any other
   * picture is returned whole and alone. A centre crop would not see the ends of such a picture.
   *
   * @param maxAspect at least 1
   */
  public List<RgbImage> tiles(RgbImage image, double maxAspect) {
    if (maxAspect < 1) {
      throw new IllegalArgumentException("maxAspect " + maxAspect + " is below 1");
    }
    throw new UnsupportedOperationException("not wired yet");
  }
}
