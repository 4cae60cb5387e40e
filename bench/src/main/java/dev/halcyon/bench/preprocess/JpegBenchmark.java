package dev.halcyon.bench.preprocess;

import dev.halcyon.bench.Pictures;
import dev.halcyon.clip.decode.DecodeLimits;
import dev.halcyon.clip.decode.DecodedImage;
import dev.halcyon.clip.decode.ImageDecoder;
import dev.halcyon.clip.preprocess.Preprocessor;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** One JPEG to the input of a CLIP model of 224 x 224, on one thread. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class JpegBenchmark {
  /** Size of the picture. */
  @Param({"0.3", "1", "12"})
  public double megapixels;

  private final ImageDecoder decoder = new ImageDecoder(DecodeLimits.DEFAULT);
  private final Preprocessor preprocessor = new Preprocessor(Pictures.CLIP_224);
  private final FloatBuffer out = FloatBuffer.allocate(Pictures.CLIP_224.floats());
  private byte[] file;

  /** Makes the picture. */
  @Setup
  public void makePicture() {
    file = Pictures.samples().scaledTo(megapixels).file();
  }

  /** As the program does it: a large JPEG is decoded at a part of its size. */
  @Benchmark
  public FloatBuffer halcyon() {
    DecodedImage decoded =
        decoder.decode(ByteBuffer.wrap(file), preprocessor.decodeShortSidePixels());
    preprocessor.writeTo(decoded, out.clear());
    return out;
  }

  /** Decoded at full size, as Pillow's users do. */
  @Benchmark
  public FloatBuffer halcyonAtFullSize() {
    preprocessor.writeTo(decoder.decode(ByteBuffer.wrap(file)), out.clear());
    return out;
  }

  /** ImageIO, Java2D's bicubic resize, centre crop and normalisation. */
  @Benchmark
  public FloatBuffer imageIo() throws IOException {
    BufferedImage picture = ImageIO.read(new ByteArrayInputStream(file));
    int side = Pictures.CLIP_224.height();
    double scale = (double) side / Math.min(picture.getWidth(), picture.getHeight());
    int width = (int) (picture.getWidth() * scale);
    int height = (int) (picture.getHeight() * scale);
    BufferedImage input = new BufferedImage(side, side, BufferedImage.TYPE_INT_RGB);
    Graphics2D canvas = input.createGraphics();
    canvas.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BICUBIC);
    canvas.drawImage(picture, (side - width) / 2, (side - height) / 2, width, height, null);
    canvas.dispose();
    int[] pixels = input.getRGB(0, 0, side, side, null, 0, side);
    out.clear();
    for (int channel = 0; channel < 3; channel++) {
      float mean = Pictures.CLIP_224.mean().get(channel);
      float std = Pictures.CLIP_224.std().get(channel);
      int shift = 16 - 8 * channel;
      for (int pixel : pixels) {
        out.put((((pixel >> shift) & 0xff) / 255f - mean) / std);
      }
    }
    return out;
  }
}
