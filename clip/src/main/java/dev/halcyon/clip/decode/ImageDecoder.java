package dev.halcyon.clip.decode;

import dev.halcyon.clip.RejectedImageException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;

/**
 * Encoded images to upright RGB pictures: JPEG, PNG, WebP, GIF and BMP, told apart by their bytes.
 * Safe for use by any number of threads; a call decodes on the calling thread.
 *
 * <p>Every method throws {@link RejectedImageException} with EMPTY, TOO_MANY_BYTES,
 * UNSUPPORTED_FORMAT, TOO_MANY_PIXELS or UNREADABLE where the image is at fault.
 */
public final class ImageDecoder {
  private final DecodeLimits limits;

  public ImageDecoder(DecodeLimits limits) {
    this.limits = Objects.requireNonNull(limits, "limits");
  }

  /**
   * Decodes the picture at full size; of an animation, the first frame.
   *
   * @param encoded the encoded image, from position to limit; neither moved nor written to
   */
  public DecodedImage decode(ByteBuffer encoded) {
    return decode(encoded, Integer.MAX_VALUE);
  }

  /**
   * Decodes the picture, smaller than it is where that is cheaper: a large JPEG is decoded at a
   * half, a quarter or an eighth of its size, as long as its shorter side keeps {@code
   * minShortSidePixels}. Use {@code Preprocessor.decodeShortSidePixels()} for the encoder's input.
   *
   * @param encoded the encoded image, from position to limit; neither moved nor written to
   * @param minShortSidePixels what the shorter side must keep, at least 1
   */
  public DecodedImage decode(ByteBuffer encoded, int minShortSidePixels) {
    if (encoded.remaining() > limits.maxBytes()) {
      throw new RejectedImageException(
          dev.halcyon.clip.RejectReason.TOO_MANY_BYTES, "too many bytes");
    }
    throw new UnsupportedOperationException("not wired yet: " + limits);
  }

  /**
   * Decodes frames of an animation at full size, evenly spaced over it, the first always among
   * them; a still picture gives one.
   *
   * @param encoded the encoded image, from position to limit; neither moved nor written to
   * @param maxFrames most frames to return, at least 1
   */
  public List<DecodedImage> decodeFrames(ByteBuffer encoded, int maxFrames) {
    if (encoded.remaining() > limits.maxBytes()) {
      throw new RejectedImageException(
          dev.halcyon.clip.RejectReason.TOO_MANY_BYTES, "too many bytes");
    }
    throw new UnsupportedOperationException("not wired yet: " + limits);
  }
}
