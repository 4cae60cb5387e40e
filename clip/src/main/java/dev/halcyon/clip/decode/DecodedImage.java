package dev.halcyon.clip.decode;

import java.util.Objects;

/**
 * A decoded picture and what its file said about it.
 *
 * @param image the upright pixels, at full size or smaller (see {@link ImageDecoder#decode(
 *     java.nio.ByteBuffer, int)})
 * @param format format as read from the bytes: jpeg, png, webp, gif, bmp
 * @param widthPixels width of the upright picture at full size
 * @param heightPixels height of the upright picture at full size
 * @param extent the part of {@code image} that the picture covers: all of it at full size; decoded
 *     smaller, an edge may end within a pixel
 */
public record DecodedImage(
    RgbImage image, String format, int widthPixels, int heightPixels, Extent extent) {

  /**
   * Edges in pixels of the decoded image, not rounded: {@code 0 <= x1 < x2 <= width}, and the same
   * for y.
   */
  public record Extent(double x1, double y1, double x2, double y2) {}

  public DecodedImage {
    Objects.requireNonNull(image, "image");
    Objects.requireNonNull(format, "format");
    if (widthPixels < image.width() || heightPixels < image.height()) {
      throw new IllegalArgumentException(
          "full size %dx%d is below the decoded %dx%d"
              .formatted(widthPixels, heightPixels, image.width(), image.height()));
    }
    if (!(0 <= extent.x1 && extent.x1 < extent.x2 && extent.x2 <= image.width())
        || !(0 <= extent.y1 && extent.y1 < extent.y2 && extent.y2 <= image.height())) {
      throw new IllegalArgumentException(
          extent + " is not within " + image.width() + "x" + image.height());
    }
  }

  /** A picture at full size. */
  public DecodedImage(RgbImage image, String format) {
    this(
        image,
        format,
        image.width(),
        image.height(),
        new Extent(0, 0, image.width(), image.height()));
  }
}
