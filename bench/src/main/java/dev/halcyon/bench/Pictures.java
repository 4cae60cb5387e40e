package dev.halcyon.bench;

import dev.halcyon.app.Home;
import dev.halcyon.app.commands.BadInputException;
import dev.halcyon.clip.RejectedImageException;
import dev.halcyon.clip.decode.DecodeLimits;
import dev.halcyon.clip.decode.ImageDecoder;
import dev.halcyon.clip.preprocess.PreprocessingSpec;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;

/** JPEG files to measure with, as many different ones as are asked for. */
public final class Pictures {
  private static final int MARKER = 0xff;
  private static final int COMMENT = 0xfe;
  private static final int START_BYTES = 2;
  private static final int COMMENT_BYTES = 4 + Long.BYTES;

  /** What the published CLIP models of 224 pixels do to a picture. */
  public static final PreprocessingSpec CLIP_224 =
      new PreprocessingSpec(
          PreprocessingSpec.Resize.SHORTEST,
          224,
          224,
          PreprocessingSpec.Filter.BICUBIC,
          224,
          224,
          PreprocessingSpec.CropRounding.FLOOR,
          List.of(0.48145467f, 0.4578275f, 0.40821072f),
          List.of(0.26862955f, 0.2613026f, 0.2757771f));

  /** How far a pixel strays from an enlarged picture: without grain it would be too easy a file. */
  private static final int GRAIN = 8;

  private final List<byte[]> files;

  private Pictures(List<byte[]> files) {
    this.files = files;
  }

  /** The JPEG files of a folder that can be read. */
  public static Pictures of(Path folder) {
    try (Stream<Path> found = Files.list(folder)) {
      List<byte[]> files = new ArrayList<>();
      for (Path file : found.filter(path -> path.toString().endsWith(".jpg")).sorted().toList()) {
        byte[] bytes = Files.readAllBytes(file);
        if (isReadable(bytes)) {
          files.add(bytes);
        }
      }
      if (files.isEmpty()) {
        throw new BadInputException(folder + ": has no .jpg; name a folder with pictures");
      }
      return new Pictures(files);
    } catch (IOException e) {
      throw new BadInputException(folder + ": cannot be read: " + e.getMessage());
    }
  }

  /** The pictures that come with the program. */
  public static Pictures samples() {
    return of(Home.resolve("samples"));
  }

  /** One of them. */
  public static Pictures sample(String name) {
    try {
      return new Pictures(List.of(Files.readAllBytes(Home.resolve("samples").resolve(name))));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One picture of noise-free gradients. */
  public static Pictures gradient(int width, int height) {
    BufferedImage picture = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        picture.setRGB(x, y, (255 * x / width) << 16 | (255 * y / height) << 8 | (x * y & 0xff));
      }
    }
    return new Pictures(List.of(jpeg(picture)));
  }

  /** The first picture, enlarged or reduced to so many megapixels, with a camera's grain. */
  public Pictures scaledTo(double megapixels) {
    try {
      BufferedImage original = ImageIO.read(new ByteArrayInputStream(files.get(0)));
      double factor =
          Math.sqrt(megapixels * 1e6 / ((double) original.getWidth() * original.getHeight()));
      int width = (int) Math.round(original.getWidth() * factor);
      int height = (int) Math.round(original.getHeight() * factor);
      BufferedImage scaled = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
      Graphics2D canvas = scaled.createGraphics();
      canvas.setRenderingHint(
          RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BICUBIC);
      canvas.drawImage(original, 0, 0, width, height, null);
      canvas.dispose();
      Random random = new Random(1);
      for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
          scaled.setRGB(x, y, grained(scaled.getRGB(x, y), random.nextInt(2 * GRAIN + 1) - GRAIN));
        }
      }
      return new Pictures(List.of(jpeg(scaled)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int grained(int rgb, int grain) {
    int result = 0;
    for (int shift = 0; shift <= 16; shift += 8) {
      result |= Math.max(0, Math.min(255, ((rgb >> shift) & 0xff) + grain)) << shift;
    }
    return result;
  }

  /** The first file, as it is. */
  public byte[] file() {
    return files.get(0).clone();
  }

  /** The picture of that number; its bytes differ from those of any other number. */
  public ByteBuffer get(long number) {
    byte[] file = files.get((int) (number % files.size()));
    ByteBuffer numbered = ByteBuffer.allocate(file.length + COMMENT_BYTES);
    numbered.put(file, 0, START_BYTES);
    numbered.put((byte) MARKER).put((byte) COMMENT).putShort((short) (COMMENT_BYTES - 2));
    numbered.putLong(number);
    numbered.put(file, START_BYTES, file.length - START_BYTES);
    return numbered.flip();
  }

  private static boolean isReadable(byte[] bytes) {
    try {
      new ImageDecoder(DecodeLimits.DEFAULT).decode(ByteBuffer.wrap(bytes));
      return true;
    } catch (RejectedImageException e) {
      return false;
    }
  }

  private static byte[] jpeg(BufferedImage picture) {
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ImageOutputStream out = ImageIO.createImageOutputStream(bytes)) {
      ImageWriteParam quality = writer.getDefaultWriteParam();
      quality.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
      quality.setCompressionQuality(0.9f);
      writer.setOutput(out);
      writer.write(null, new IIOImage(picture, null, null), quality);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      writer.dispose();
    }
    return bytes.toByteArray();
  }
}
