package dev.halcyon.clip.preprocess;

import dev.halcyon.clip.decode.DecodedImage;
import dev.halcyon.clip.decode.DecodedImage.Extent;
import dev.halcyon.clip.decode.RgbImage;
import java.nio.BufferOverflowException;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * Writes pictures as a model's input: to the last bit what Pillow's resize and the crop and
 * normalisation of the model's reference implementation give. Safe for use by any number of
 * threads; each keeps its own scratch memory.
 */
public final class Preprocessor {
  /**
   * How many times the model's size a picture decoded smaller must keep. Below, the decoder's own
   * filter begins to show.
   */
  private static final int DECODE_MARGIN = 3;

  private final PreprocessingSpec spec;

  /** The number each channel's 8-bit value becomes. */
  private final float[][] normalized;

  private final ThreadLocal<Scratch> scratch;

  private static final class Scratch {
    final Resampler resampler = new Resampler();
    final float[] row;

    Scratch(int rowFloats) {
      row = new float[rowFloats];
    }
  }

  /**
   * One direction of a picture's way to the model's input.
   *
   * @param resized size after the resize
   * @param first first pixel of the resized picture that is kept
   * @param count pixels kept
   * @param offset where they are put in the input; around them is padding
   */
  private record Placement(int resized, int first, int count, int offset) {}

  public Preprocessor(PreprocessingSpec spec) {
    this.spec = Objects.requireNonNull(spec, "spec");
    this.normalized = new float[spec.channels()][256];
    for (int channel = 0; channel < spec.channels(); channel++) {
      for (int value = 0; value < 256; value++) {
        float scaled = (float) (value * (1 / 255.0));
        normalized[channel][value] = (scaled - spec.mean().get(channel)) / spec.std().get(channel);
      }
    }
    this.scratch = ThreadLocal.withInitial(() -> new Scratch(spec.width()));
  }

  public PreprocessingSpec spec() {
    return spec;
  }

  /**
   * The shorter side a decoder must keep so that {@link #writeTo(DecodedImage, FloatBuffer)} gives
   * the input of the full picture to within half a level of 256, root mean square: pass it to
   * {@code ImageDecoder.decode}.
   */
  public int decodeShortSidePixels() {
    return DECODE_MARGIN * Math.max(spec.resizeHeight(), spec.resizeWidth());
  }

  /**
   * Writes one picture: channels x height x width floats, normalised, channel by channel, row by
   * row.
   *
   * @param out written from its position on, which moves past what was written; direct or not
   * @throws BufferOverflowException if fewer than {@link PreprocessingSpec#floats()} remain
   */
  public void writeTo(RgbImage image, FloatBuffer out) {
    write(
        image, new Extent(0, 0, image.width(), image.height()), image.width(), image.height(), out);
  }

  /**
   * As {@link #writeTo(RgbImage, FloatBuffer)}, with the geometry of the picture's full size where
   * it was decoded smaller.
   */
  public void writeTo(DecodedImage decoded, FloatBuffer out) {
    write(decoded.image(), decoded.extent(), decoded.widthPixels(), decoded.heightPixels(), out);
  }

  private void write(
      RgbImage image, Extent extent, int fullWidth, int fullHeight, FloatBuffer out) {
    if (out.remaining() < spec.floats()) {
      throw new BufferOverflowException();
    }
    Placement across = place(resizedWidth(fullWidth, fullHeight), spec.width());
    Placement down = place(resizedHeight(fullWidth, fullHeight), spec.height());
    if (keeps(across, image.width(), extent.x1(), extent.x2())
        && keeps(down, image.height(), extent.y1(), extent.y2())) {
      copy(image, across, down, out);
      return;
    }
    Kernel columns =
        new Kernel(
            spec.filter(),
            image.width(),
            extent.x1(),
            extent.x2(),
            fullWidth / (extent.x2() - extent.x1()),
            across.resized,
            across.first,
            across.count);
    Kernel rows =
        new Kernel(
            spec.filter(),
            image.height(),
            extent.y1(),
            extent.y2(),
            fullHeight / (extent.y2() - extent.y1()),
            down.resized,
            down.first,
            down.count);
    int base = out.position();
    if (across.count < spec.width() || down.count < spec.height()) {
      pad(out, base);
    }
    Scratch mine = scratch.get();
    mine.resampler.resize(
        image,
        columns,
        rows,
        (row, sums) -> writeRow(sums, across, out, base, down.offset + row, mine.row));
    out.position(base + spec.floats());
  }

  /** Whether the resize gives every pixel back: its filters are 1 at 0 and 0 at all others. */
  private static boolean keeps(Placement placement, int size, double from, double to) {
    return placement.resized == size && from == 0 && to == size;
  }

  private void copy(RgbImage image, Placement across, Placement down, FloatBuffer out) {
    int base = out.position();
    if (across.count < spec.width() || down.count < spec.height()) {
      pad(out, base);
    }
    byte[] rgb = image.rgb();
    float[] line = scratch.get().row;
    for (int channel = 0; channel < spec.channels(); channel++) {
      float[] values = normalized[channel];
      for (int row = 0; row < down.count; row++) {
        int from = 3 * ((down.first + row) * image.width() + across.first) + channel;
        for (int x = 0; x < across.count; x++) {
          line[x] = values[rgb[from + 3 * x] & 0xFF];
        }
        int start =
            base + (channel * spec.height() + down.offset + row) * spec.width() + across.offset;
        out.put(start, line, 0, across.count);
      }
    }
    out.position(base + spec.floats());
  }

  private void writeRow(
      int[] sums, Placement across, FloatBuffer out, int base, int row, float[] line) {
    for (int channel = 0; channel < spec.channels(); channel++) {
      float[] values = normalized[channel];
      for (int x = 0; x < across.count; x++) {
        line[x] = values[Resampler.pixel(sums[3 * x + channel])];
      }
      int start = base + (channel * spec.height() + row) * spec.width() + across.offset;
      out.put(start, line, 0, across.count);
    }
  }

  /** Padding is black, before normalisation. */
  private void pad(FloatBuffer out, int base) {
    float[] line = new float[spec.width()];
    for (int channel = 0; channel < spec.channels(); channel++) {
      Arrays.fill(line, normalized[channel][0]);
      for (int row = 0; row < spec.height(); row++) {
        out.put(base + (channel * spec.height() + row) * spec.width(), line);
      }
    }
  }

  private int resizedWidth(int width, int height) {
    return switch (spec.resize()) {
      case SQUASH -> spec.resizeWidth();
      case SHORTEST -> width <= height ? spec.resizeWidth() : longer(width, height);
      case LONGEST -> fitted(width, Math.max(width, height));
    };
  }

  private int resizedHeight(int width, int height) {
    return switch (spec.resize()) {
      case SQUASH -> spec.resizeHeight();
      case SHORTEST -> height < width ? spec.resizeHeight() : longer(height, width);
      case LONGEST -> fitted(height, Math.max(width, height));
    };
  }

  /** The longer side when the shorter one is resized to the size: cut, not rounded. */
  private int longer(int longSide, int shortSide) {
    return (int) ((double) ((long) spec.resizeWidth() * longSide) / shortSide);
  }

  /** A side when the longer one is resized to the size: rounded half to even. */
  private int fitted(int side, int longSide) {
    double ratio = (double) longSide / spec.resizeWidth();
    return Math.max(1, (int) Math.rint(side / ratio));
  }

  private Placement place(int resized, int input) {
    int margin = resized - input;
    int first =
        switch (spec.cropRounding()) {
          case FLOOR -> Math.floorDiv(margin, 2);
          // Torchvision pads before it crops, and rounds the padding on the left down.
          case HALF_EVEN -> margin >= 0 ? (int) Math.rint(margin / 2.0) : -(-margin / 2);
        };
    int from = Math.max(0, first);
    int to = Math.min(resized, first + input);
    return new Placement(resized, from, to - from, from - first);
  }

  /** Whether the ends of a long picture are cut away, so that the model never sees them. */
  public boolean crops() {
    return spec.resize() == PreprocessingSpec.Resize.SHORTEST;
  }

  /**
   * Cuts a picture whose longer side exceeds {@code maxAspect} times its shorter one into
   * overlapping squares along the longer side that together cover it, evenly spaced; any other
   * picture is returned whole and alone. A centre crop would not see the ends of such a picture.
   *
   * <p>There are at most {@value Tiles#MAX_TILES}: beyond that aspect ratio each is a rectangle put
   * on a black square.
   *
   * @param maxAspect at least 1
   * @return the tiles, each cut when it is asked for
   */
  public List<RgbImage> tiles(RgbImage image, double maxAspect) {
    if (!(maxAspect >= 1)) {
      throw new IllegalArgumentException("maxAspect " + maxAspect + " is below 1");
    }
    return Tiles.of(image, maxAspect);
  }
}
