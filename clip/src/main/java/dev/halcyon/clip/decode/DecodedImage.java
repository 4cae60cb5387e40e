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
 */
public record DecodedImage(RgbImage image, String format, int widthPixels, int heightPixels) {
  public DecodedImage {
    Objects.requireNonNull(image, "image");
    Objects.requireNonNull(format, "format");
    if (widthPixels < image.width() || heightPixels < image.height()) {
      throw new IllegalArgumentException(
          "full size %dx%d is below the decoded %dx%d"
              .formatted(widthPixels, heightPixels, image.width(), image.height()));
    }
  }
}
