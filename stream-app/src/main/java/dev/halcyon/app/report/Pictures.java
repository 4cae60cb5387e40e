package dev.halcyon.app.report;

import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import javax.imageio.ImageIO;

/** Pictures inside a page, as data URIs. Stateless. */
public final class Pictures {
  private Pictures() {}

  /**
   * An encoded picture as it is.
   *
   * @param mediaType such as {@code image/png}
   */
  public static String dataUri(byte[] encoded, String mediaType) {
    return "data:" + mediaType + ";base64," + Base64.getEncoder().encodeToString(encoded);
  }

  /** A picture made smaller where a side is longer than so many pixels; a JPEG on white. */
  public static String thumbnail(BufferedImage image, int longestPixels) {
    BufferedImage small = image;
    // Halving first: a single bilinear step over many pixels skips most of them.
    while (Math.max(small.getWidth(), small.getHeight()) >= 2 * longestPixels) {
      small = drawn(small, small.getWidth() / 2, small.getHeight() / 2);
    }
    int longest = Math.max(small.getWidth(), small.getHeight());
    double scale = Math.min(1, (double) longestPixels / longest);
    small =
        drawn(
            small,
            (int) Math.round(small.getWidth() * scale),
            (int) Math.round(small.getHeight() * scale));
    ByteArrayOutputStream jpeg = new ByteArrayOutputStream();
    try {
      if (!ImageIO.write(small, "jpeg", jpeg)) {
        throw new IllegalStateException("this Java runtime has no JPEG encoder");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return dataUri(jpeg.toByteArray(), "image/jpeg");
  }

  private static BufferedImage drawn(BufferedImage image, int width, int height) {
    BufferedImage result =
        new BufferedImage(Math.max(1, width), Math.max(1, height), BufferedImage.TYPE_INT_RGB);
    Graphics2D canvas = result.createGraphics();
    canvas.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
    canvas.setBackground(java.awt.Color.WHITE);
    canvas.clearRect(0, 0, result.getWidth(), result.getHeight());
    canvas.drawImage(image, 0, 0, result.getWidth(), result.getHeight(), null);
    canvas.dispose();
    return result;
  }
}
