package dev.halcyon.clip.decode;

import java.awt.image.DataBufferByte;
import java.awt.image.PixelInterleavedSampleModel;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.List;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.event.IIOReadWarningListener;
import javax.imageio.spi.IIORegistry;
import javax.imageio.spi.ImageReaderSpi;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * The JDK's JPEG decoder, for what OpenCV's does not offer: the four channels of a CMYK file as
 * they are, and the decoder's warnings.
 */
final class JdkJpeg {
  private static final String FORMAT = "jpeg";
  private static final int APP14 = 0xEE;

  /** The first four letters of {@code Adobe}. */
  private static final int ADOB = 0x41646F62;

  // JFIF's conversion from YCbCr in 16-bit fixed point, as libjpeg rounds it.
  private static final int RED_CR = fixed(1.40200);
  private static final int GREEN_CB = -fixed(0.34414);
  private static final int GREEN_CR = -fixed(0.71414);
  private static final int BLUE_CB = fixed(1.77200);
  private static final int HALF = 1 << 15;

  private static final ImageReaderSpi SPI = jdkReader();

  private JdkJpeg() {}

  /**
   * Checks that a file without an end has all its pixels.
   *
   * @param parts the file, with an end put behind it
   * @throws dev.halcyon.clip.RejectedImageException UNREADABLE
   */
  static void requireWhole(List<ByteBuffer> parts) {
    boolean[] premature = new boolean[1];
    IIOReadWarningListener listener =
        (source, warning) -> premature[0] |= warning.contains("remature end");
    read(
        parts,
        reader -> {
          reader.addIIOReadWarningListener(listener);
          ImageReadParam eighth = reader.getDefaultReadParam();
          eighth.setSourceSubsampling(8, 8, 0, 0);
          return reader.readRaster(0, eighth);
        });
    if (premature[0]) {
      throw EncodedFile.unreadable(FORMAT, "it is truncated");
    }
  }

  /**
   * Decodes a file of four channels, CMYK or YCCK by its Adobe marker. Such files are inverted, as
   * Adobe's programs write them and Pillow reads them.
   *
   * @throws dev.halcyon.clip.RejectedImageException UNREADABLE
   */
  static RgbImage decodeCmyk(List<ByteBuffer> parts, int width, int height) {
    Raster raster = read(parts, reader -> reader.readRaster(0, null));
    if (raster.getNumBands() != 4
        || raster.getWidth() != width
        || raster.getHeight() != height
        || !(raster.getSampleModel() instanceof PixelInterleavedSampleModel)
        || !(raster.getDataBuffer() instanceof DataBufferByte buffer)
        || buffer.getData().length != 4L * width * height) {
      throw EncodedFile.unreadable(FORMAT, "it does not decode to four channels");
    }
    byte[] inks = buffer.getData();
    boolean ycck = adobeTransform(parts) == 2;
    byte[] rgb = new byte[Math.multiplyExact(3, Math.multiplyExact(width, height))];
    for (int from = 0, to = 0; from < inks.length; from += 4, to += 3) {
      int red = inks[from] & 0xFF;
      int green = inks[from + 1] & 0xFF;
      int blue = inks[from + 2] & 0xFF;
      int light = inks[from + 3] & 0xFF;
      if (ycck) {
        int y = red;
        int cb = green - 128;
        int cr = blue - 128;
        // The luminance of YCCK is that of the ink.
        red = 255 - clamp(y + ((RED_CR * cr + HALF) >> 16));
        green = 255 - clamp(y + ((GREEN_CB * cb + GREEN_CR * cr + HALF) >> 16));
        blue = 255 - clamp(y + ((BLUE_CB * cb + HALF) >> 16));
      }
      rgb[to] = ink(red, light);
      rgb[to + 1] = ink(green, light);
      rgb[to + 2] = ink(blue, light);
    }
    return new RgbImage(width, height, rgb);
  }

  private static int fixed(double factor) {
    return (int) (factor * 65536 + 0.5);
  }

  private static int clamp(int value) {
    return Math.max(0, Math.min(255, value));
  }

  /**
   * What is left of white light after one ink and black: {@code light - (255 - stored) * light /
   * 255}, the quotient rounded as Pillow rounds it.
   *
   * @param stored the inverted ink, 255 for none
   * @param light the inverted black, 255 for none
   */
  private static byte ink(int stored, int light) {
    int product = (255 - stored) * light + 128;
    return (byte) clamp(light - (((product >> 8) + product) >> 8));
  }

  /** The colour transform the Adobe marker names, -1 without one. */
  private static int adobeTransform(List<ByteBuffer> parts) {
    for (ByteBuffer part : parts) {
      if (part.remaining() >= 16
          && (part.getShort(0) & 0xFFFF) == (0xFF00 | APP14)
          && part.getInt(4) == ADOB) {
        return part.get(15) & 0xFF;
      }
    }
    return -1;
  }

  @FunctionalInterface
  private interface Reading {
    Raster from(ImageReader reader) throws IOException;
  }

  private static Raster read(List<ByteBuffer> parts, Reading reading) {
    byte[] file = new byte[parts.stream().mapToInt(ByteBuffer::remaining).sum()];
    int at = 0;
    for (ByteBuffer part : parts) {
      part.get(part.position(), file, at, part.remaining());
      at += part.remaining();
    }
    ImageReader reader;
    try {
      reader = SPI.createReaderInstance();
    } catch (IOException e) {
      throw new IllegalStateException("the JDK's JPEG reader does not start", e);
    }
    try (MemoryCacheImageInputStream in =
        new MemoryCacheImageInputStream(new ByteArrayInputStream(file))) {
      reader.setInput(in, true, true);
      return reading.from(reader);
    } catch (IOException | RuntimeException e) {
      throw EncodedFile.unreadable(FORMAT, "it cannot be decoded");
    } finally {
      reader.dispose();
    }
  }

  private static ImageReaderSpi jdkReader() {
    Iterator<ImageReaderSpi> readers =
        IIORegistry.getDefaultInstance().getServiceProviders(ImageReaderSpi.class, true);
    while (readers.hasNext()) {
      ImageReaderSpi spi = readers.next();
      if (spi.getClass().getModule().equals(ImageReader.class.getModule())
          && List.of(spi.getFormatNames()).contains("jpeg")) {
        return spi;
      }
    }
    throw new IllegalStateException("this Java runtime has no JPEG reader: java.desktop is cut");
  }
}
