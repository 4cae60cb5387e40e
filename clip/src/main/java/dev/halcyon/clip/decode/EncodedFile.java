package dev.halcyon.clip.decode;

import dev.halcyon.clip.RejectReason;
import dev.halcyon.clip.RejectedImageException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * An encoded image whose header has been read and found sound; its pixels have not been touched.
 * Used by one thread.
 */
sealed interface EncodedFile permits JpegFile, PngFile, WebpFile, GifFile, BmpFile {
  /** The name that events carry: jpeg, png, webp, gif, bmp. */
  String format();

  /** Width as stored, before the orientation is applied; of an animation, its canvas. */
  int width();

  /** Height as stored. */
  int height();

  default Orientation orientation() {
    return Orientation.UPRIGHT;
  }

  /** The largest divisor of its size that the file can be decoded at: 1, 2, 4 or 8. */
  default int maxReduction() {
    return 1;
  }

  /**
   * Decodes the picture as stored; of an animation, the first frame on its canvas.
   *
   * @param reduction divisor of the size, a power of two up to {@link #maxReduction()}; sides are
   *     rounded up
   * @throws RejectedImageException UNREADABLE
   */
  RgbImage decode(int reduction);

  /**
   * Decodes frames of an animation, evenly spaced, the first among them.
   *
   * @param maxFrames most frames to return
   * @param maxPixels most pixels to decode in all
   * @throws RejectedImageException UNREADABLE, or TOO_MANY_PIXELS where all frames together exceed
   *     {@code maxPixels}
   */
  default List<RgbImage> frames(int maxFrames, long maxPixels) {
    return List.of(decode(1));
  }

  /**
   * Moves on to an absolute position, as relative reading would.
   *
   * @throws BufferUnderflowException if that is past the end
   */
  static void moveTo(ByteBuffer in, long position) {
    if (position > in.limit()) {
      throw new BufferUnderflowException();
    }
    in.position((int) position);
  }

  static RejectedImageException unreadable(String format, String what) {
    return new RejectedImageException(
        RejectReason.UNREADABLE, "the %s file is damaged: %s".formatted(format, what));
  }

  static RejectedImageException unsupported(String what) {
    return new RejectedImageException(
        RejectReason.UNSUPPORTED_FORMAT,
        what + " is not supported; send JPEG, PNG, WebP, GIF or BMP with 8 or 16 bits a channel");
  }

  /** Refuses an animation whose frames together take more than {@code maxPixels} to decode. */
  static void checkAnimation(String format, int frames, long pixels, long maxPixels) {
    if (pixels > maxPixels) {
      throw new RejectedImageException(
          RejectReason.TOO_MANY_PIXELS,
          "the %d frames of the %s animation have %d pixels, the limit is %d"
              .formatted(frames, format, pixels, maxPixels));
    }
  }

  /** Index of the i-th of {@code wanted} evenly spaced frames among {@code frames}. */
  static int spaced(int i, int wanted, int frames) {
    return (int) ((long) i * frames / wanted);
  }
}
