package dev.halcyon.clip.decode;

import dev.halcyon.clip.RejectReason;
import dev.halcyon.clip.RejectedImageException;
import dev.halcyon.clip.decode.DecodedImage.Extent;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;

/**
 * Encoded images to upright RGB pictures: JPEG, PNG, WebP, GIF and BMP, told apart by their bytes.
 * Safe for use by any number of threads; a call decodes on the calling thread.
 *
 * <p>Pixels are those that Pillow's {@code ImageOps.exif_transpose(Image.open(f)).convert("RGB")}
 * gives, since models were trained and are measured with it: an alpha channel is dropped, colour
 * profiles are ignored. One difference is meant: 16-bit grey is scaled to 8 bits, where Pillow
 * clips it to white.
 *
 * <p>Uploads are hostile. The header is read here, in Java, first; the native decoders then get a
 * file put together anew of the parts that make pixels, without metadata, and never a format other
 * than the one checked.
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
   * minShortSidePixels}. Pass {@code Preprocessor.decodeShortSidePixels()} for an encoder's input.
   *
   * @param encoded the encoded image, from position to limit; neither moved nor written to
   * @param minShortSidePixels what the shorter side must keep, at least 1
   */
  public DecodedImage decode(ByteBuffer encoded, int minShortSidePixels) {
    if (minShortSidePixels < 1) {
      throw new IllegalArgumentException(
          "minShortSidePixels " + minShortSidePixels + " is below 1");
    }
    return reduced(open(encoded), minShortSidePixels);
  }

  private static DecodedImage reduced(EncodedFile file, int minShortSidePixels) {
    int reduction = file.maxReduction();
    while (reduction > 1
        && Math.min(file.width(), file.height()) / reduction < minShortSidePixels) {
      reduction /= 2;
    }
    return upright(file, file.decode(reduction), reduction);
  }

  /**
   * Decodes frames of an animated GIF or WebP at full size, evenly spaced over it, the first always
   * among them; any other picture gives one, decoded as {@link #decode(ByteBuffer, int)} does.
   *
   * @param encoded the encoded image, from position to limit; neither moved nor written to
   * @param maxFrames most frames to return, at least 1
   * @param minShortSidePixels what the shorter side must keep, at least 1
   */
  public List<DecodedImage> decodeFrames(
      ByteBuffer encoded, int maxFrames, int minShortSidePixels) {
    if (maxFrames < 1) {
      throw new IllegalArgumentException("maxFrames " + maxFrames + " is below 1");
    }
    EncodedFile file = open(encoded);
    if (maxFrames == 1 || file.maxReduction() > 1) {
      return List.of(reduced(file, minShortSidePixels));
    }
    return file.frames(maxFrames, limits.maxAnimationPixels()).stream()
        .map(frame -> upright(file, frame, 1))
        .toList();
  }

  /** As {@link #decodeFrames(ByteBuffer, int, int)}, any picture at full size. */
  public List<DecodedImage> decodeFrames(ByteBuffer encoded, int maxFrames) {
    return decodeFrames(encoded, maxFrames, Integer.MAX_VALUE);
  }

  private EncodedFile open(ByteBuffer encoded) {
    ByteBuffer bytes = encoded.asReadOnlyBuffer().slice();
    if (!bytes.hasRemaining()) {
      throw new RejectedImageException(RejectReason.EMPTY, "the image has no bytes");
    }
    if (bytes.remaining() > limits.maxBytes()) {
      throw new RejectedImageException(
          RejectReason.TOO_MANY_BYTES,
          "the image has %d bytes, the limit is %d"
              .formatted(bytes.remaining(), limits.maxBytes()));
    }
    ImageFormat format = ImageFormat.of(bytes);
    EncodedFile file;
    try {
      file = format.open(bytes);
    } catch (BufferUnderflowException e) {
      throw EncodedFile.unreadable(format.label(), "it ends within its header");
    }
    if ((long) file.width() * file.height() > limits.maxPixels()) {
      throw new RejectedImageException(
          RejectReason.TOO_MANY_PIXELS,
          "the image has %dx%d pixels, the limit is %d in all"
              .formatted(file.width(), file.height(), limits.maxPixels()));
    }
    return file;
  }

  private static DecodedImage upright(EncodedFile file, RgbImage stored, int reduction) {
    Orientation orientation = file.orientation();
    RgbImage image = orientation.apply(stored);
    int width = orientation.transposed() ? file.height() : file.width();
    int height = orientation.transposed() ? file.width() : file.height();
    // A side that the reduction does not divide ends within the last pixel, which mirroring puts
    // first.
    double coveredX = (double) width / reduction;
    double coveredY = (double) height / reduction;
    double x1 = orientation.mirroredX() ? image.width() - coveredX : 0;
    double y1 = orientation.mirroredY() ? image.height() - coveredY : 0;
    Extent extent = new Extent(x1, y1, x1 + coveredX, y1 + coveredY);
    return new DecodedImage(image, file.format(), width, height, extent);
  }
}
