package dev.halcyon.clip.decode;

import static org.bytedeco.opencv.global.opencv_core.CV_8U;
import static org.bytedeco.opencv.global.opencv_core.CV_8UC1;
import static org.bytedeco.opencv.global.opencv_imgcodecs.IMREAD_COLOR_RGB;
import static org.bytedeco.opencv.global.opencv_imgcodecs.IMREAD_IGNORE_ORIENTATION;
import static org.bytedeco.opencv.global.opencv_imgcodecs.IMREAD_REDUCED_GRAYSCALE_2;
import static org.bytedeco.opencv.global.opencv_imgcodecs.IMREAD_REDUCED_GRAYSCALE_4;
import static org.bytedeco.opencv.global.opencv_imgcodecs.IMREAD_REDUCED_GRAYSCALE_8;
import static org.bytedeco.opencv.global.opencv_imgcodecs.IMREAD_UNCHANGED;

import java.nio.ByteBuffer;
import java.util.List;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgcodecs;
import org.bytedeco.opencv.opencv_core.Mat;

/**
 * OpenCV's JPEG, PNG and WebP decoders, the one user of native image code. Native memory is held
 * within a call only.
 */
final class OpenCv {
  static {
    // Memory is freed here explicitly. Left alone, the binding counts the whole process's memory,
    // the runtime's models included, against the Java heap's limit and then fails allocations.
    setDefault("org.bytedeco.javacpp.nopointergc", "true");
    setDefault("org.bytedeco.javacpp.maxPhysicalBytes", "0");
    setDefault("org.bytedeco.javacpp.maxBytes", "0");
    // Images are decoded in parallel, one a thread.
    opencv_core.setNumThreads(1);
  }

  private OpenCv() {}

  private static void setDefault(String key, String value) {
    if (System.getProperty(key) == null) {
      System.setProperty(key, value);
    }
  }

  /**
   * Decodes to RGB, alpha dropped, orientation ignored.
   *
   * @param parts the file, in pieces
   * @param width expected, at full size
   * @param height expected, at full size
   * @param reduction 1, 2, 4 or 8
   * @throws dev.halcyon.clip.RejectedImageException UNREADABLE
   */
  static RgbImage decodeRgb(
      String format, List<ByteBuffer> parts, int width, int height, int reduction) {
    int flags =
        IMREAD_COLOR_RGB
            | IMREAD_IGNORE_ORIENTATION
            | switch (reduction) {
              case 1 -> 0;
              case 2 -> IMREAD_REDUCED_GRAYSCALE_2;
              case 4 -> IMREAD_REDUCED_GRAYSCALE_4;
              case 8 -> IMREAD_REDUCED_GRAYSCALE_8;
              default -> throw new IllegalArgumentException("reduction " + reduction);
            };
    int columns = -Math.floorDiv(-width, reduction);
    int rows = -Math.floorDiv(-height, reduction);
    Pixels pixels = decode(format, parts, flags, columns, rows);
    if (pixels.channels != 3) {
      throw EncodedFile.unreadable(format, "it decodes to " + pixels.channels + " channels");
    }
    return new RgbImage(columns, rows, pixels.bytes);
  }

  /**
   * Pixels as OpenCV orders them.
   *
   * @param channels 3 for blue, green, red; 4 with alpha, not premultiplied
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Pixels(int channels, byte[] bytes) {}

  /**
   * Decodes with the alpha channel where the file has one.
   *
   * @throws dev.halcyon.clip.RejectedImageException UNREADABLE
   */
  static Pixels decodeWithAlpha(String format, List<ByteBuffer> parts, int width, int height) {
    return decode(format, parts, IMREAD_UNCHANGED, width, height);
  }

  private static Pixels decode(
      String format, List<ByteBuffer> parts, int flags, int columns, int rows) {
    long length = parts.stream().mapToLong(ByteBuffer::remaining).sum();
    try (BytePointer encoded = new BytePointer(length)) {
      ByteBuffer target = encoded.asByteBuffer();
      for (ByteBuffer part : parts) {
        target.put(part.slice());
      }
      try (Mat input = new Mat(1, Math.toIntExact(length), CV_8UC1, encoded);
          Mat output = imdecode(format, input, flags)) {
        if (output.empty()) {
          throw EncodedFile.unreadable(format, "it cannot be decoded");
        }
        if (output.cols() != columns || output.rows() != rows) {
          throw EncodedFile.unreadable(
              format,
              "it decodes to %dx%d, not to the %dx%d of its header"
                  .formatted(output.cols(), output.rows(), columns, rows));
        }
        int channels = output.channels();
        if (output.depth() != CV_8U || (channels != 3 && channels != 4)) {
          throw EncodedFile.unreadable(format, "it decodes to pixels of type " + output.type());
        }
        byte[] bytes = new byte[Math.multiplyExact(channels, Math.multiplyExact(columns, rows))];
        output.data().get(bytes);
        return new Pixels(channels, bytes);
      }
    }
  }

  private static Mat imdecode(String format, Mat input, int flags) {
    try {
      return opencv_imgcodecs.imdecode(input, flags);
    } catch (RuntimeException e) {
      // What the binding makes of a C++ exception.
      if (String.valueOf(e.getMessage()).contains("Insufficient memory")) {
        throw (OutOfMemoryError) new OutOfMemoryError("native image decoder").initCause(e);
      }
      throw EncodedFile.unreadable(format, "the decoder refused it");
    }
  }
}
