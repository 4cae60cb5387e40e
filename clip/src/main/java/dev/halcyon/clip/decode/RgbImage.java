package dev.halcyon.clip.decode;

/**
 * A decoded, upright picture: 8-bit sRGB, rows from the top, three bytes a pixel in the order red,
 * green, blue, without padding.
 *
 * @param width in pixels, at least 1
 * @param height in pixels, at least 1
 * @param rgb {@code 3 * width * height} bytes; not written to once the record exists
 */
public record RgbImage(int width, int height, byte[] rgb) {
  public RgbImage {
    if (width < 1 || height < 1 || rgb.length != 3L * width * height) {
      throw new IllegalArgumentException(
          "a picture of " + width + "x" + height + " does not have " + rgb.length + " bytes");
    }
  }
}
