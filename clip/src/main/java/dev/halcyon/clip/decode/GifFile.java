package dev.halcyon.clip.decode;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * GIF (CompuServe GIF89a specification), still or animated.
 *
 * <p>Composed as Pillow does: what is transparent in the first frame takes the colour its index has
 * in the palette, in later frames it shows what was there.
 */
final class GifFile implements EncodedFile {
  private static final String FORMAT = "gif";

  private static final int EXTENSION = 0x21;
  private static final int IMAGE = 0x2C;
  private static final int TRAILER = 0x3B;
  private static final int GRAPHIC_CONTROL = 0xF9;

  private static final int FLAG_PALETTE = 0x80;
  private static final int FLAG_INTERLACED = 0x40;

  private static final int DISPOSE_TO_BACKGROUND = 2;
  private static final int DISPOSE_TO_PREVIOUS = 3;

  private static final int NO_TRANSPARENCY = -1;

  /**
   * One picture.
   *
   * @param x left edge on the canvas
   * @param y top edge on the canvas
   * @param palette red, green, blue of each index; missing ones are black
   * @param transparent index that is not drawn, or {@link #NO_TRANSPARENCY}
   * @param disposal what becomes of its area before the next frame
   * @param data what follows the descriptor and palette: code size and sub-blocks
   */
  @SuppressWarnings("ArrayRecordComponent")
  private record Frame(
      int x,
      int y,
      int width,
      int height,
      byte[] palette,
      int transparent,
      boolean interlaced,
      int disposal,
      ByteBuffer data) {
    long pixels() {
      return (long) width * height;
    }
  }

  private final int width;
  private final int height;
  private final int background;
  private final List<Frame> frames;

  private GifFile(int width, int height, int background, List<Frame> frames) {
    this.width = width;
    this.height = height;
    this.background = background;
    this.frames = frames;
  }

  static GifFile open(ByteBuffer in) {
    in.order(ByteOrder.LITTLE_ENDIAN);
    in.position(6);
    int width = in.getShort() & 0xFFFF;
    int height = in.getShort() & 0xFFFF;
    int flags = in.get() & 0xFF;
    int background = in.get() & 0xFF;
    in.get();
    byte[] palette = (flags & FLAG_PALETTE) != 0 ? palette(in, flags) : greyRamp();
    List<Frame> frames = new ArrayList<>();
    try {
      addFrames(in, palette, frames);
    } catch (BufferUnderflowException e) {
      // A file that breaks off in a later frame still shows those before it.
    }
    if (frames.isEmpty()) {
      throw EncodedFile.unreadable(FORMAT, "it is truncated or has no pixels");
    }
    // Viewers let the first frame enlarge the canvas.
    Frame first = frames.get(0);
    return new GifFile(
        Math.max(width, first.x + first.width),
        Math.max(height, first.y + first.height),
        background,
        frames);
  }

  private static void addFrames(ByteBuffer in, byte[] globalPalette, List<Frame> frames) {
    int transparent = NO_TRANSPARENCY;
    int disposal = 0;
    while (true) {
      int block = in.get() & 0xFF;
      if (block == EXTENSION) {
        int label = in.get() & 0xFF;
        int start = in.position();
        skipSubBlocks(in);
        if (label == GRAPHIC_CONTROL && (in.get(start) & 0xFF) >= 4) {
          int flags = in.get(start + 1);
          transparent = (flags & 1) != 0 ? in.get(start + 4) & 0xFF : NO_TRANSPARENCY;
          int method = (flags >> 2) & 7;
          // An unspecified method means the one in force.
          disposal = method == 0 ? disposal : method;
        }
      } else if (block == IMAGE) {
        frames.add(frame(in, globalPalette, transparent, disposal));
        transparent = NO_TRANSPARENCY;
      } else if (block == TRAILER) {
        return;
      }
    }
  }

  private static Frame frame(ByteBuffer in, byte[] globalPalette, int transparent, int disposal) {
    int x = in.getShort() & 0xFFFF;
    int y = in.getShort() & 0xFFFF;
    int width = in.getShort() & 0xFFFF;
    int height = in.getShort() & 0xFFFF;
    if (width == 0 || height == 0) {
      throw EncodedFile.unreadable(FORMAT, "a frame's size is " + width + "x" + height);
    }
    int flags = in.get() & 0xFF;
    byte[] palette = (flags & FLAG_PALETTE) != 0 ? palette(in, flags) : globalPalette;
    int start = in.position();
    in.get();
    skipSubBlocks(in);
    return new Frame(
        x,
        y,
        width,
        height,
        palette,
        transparent,
        (flags & FLAG_INTERLACED) != 0,
        disposal,
        in.slice(start, in.position() - start));
  }

  private static byte[] palette(ByteBuffer in, int flags) {
    byte[] palette = new byte[3 * 256];
    in.get(palette, 0, 3 << ((flags & 7) + 1));
    return palette;
  }

  private static byte[] greyRamp() {
    byte[] palette = new byte[3 * 256];
    for (int i = 0; i < palette.length; i++) {
      palette[i] = (byte) (i / 3);
    }
    return palette;
  }

  private static void skipSubBlocks(ByteBuffer in) {
    for (int length = in.get() & 0xFF; length != 0; length = in.get() & 0xFF) {
      EncodedFile.moveTo(in, in.position() + length);
    }
  }

  @Override
  public String format() {
    return FORMAT;
  }

  @Override
  public int width() {
    return width;
  }

  @Override
  public int height() {
    return height;
  }

  @Override
  public RgbImage decode(int reduction) {
    return compose(frames.subList(0, 1), 1).get(0);
  }

  @Override
  public List<RgbImage> frames(int maxFrames, long maxPixels) {
    int wanted = Math.min(maxFrames, frames.size());
    // What is composed and copied out counts, and what is decoded.
    long pixels = (long) wanted * width * height;
    for (Frame frame : frames) {
      pixels += frame.pixels();
    }
    EncodedFile.checkAnimation(FORMAT, frames.size(), pixels, maxPixels);
    return compose(frames, wanted);
  }

  private List<RgbImage> compose(List<Frame> shown, int wanted) {
    byte[] canvas = new byte[Math.multiplyExact(3, Math.multiplyExact(width, height))];
    List<RgbImage> images = new ArrayList<>(wanted);
    for (int i = 0; images.size() < wanted; i++) {
      Frame frame = shown.get(i);
      boolean first = i == 0;
      if (first) {
        fill(canvas, 0, 0, width, height, frame.palette, Math.max(0, frame.transparent));
      }
      byte[] before = frame.disposal == DISPOSE_TO_PREVIOUS ? canvas.clone() : null;
      draw(frame, first, canvas);
      if (EncodedFile.spaced(images.size(), wanted, shown.size()) == i) {
        boolean last = images.size() == wanted - 1;
        images.add(new RgbImage(width, height, last ? canvas : canvas.clone()));
      }
      if (before != null) {
        canvas = before;
      } else if (frame.disposal == DISPOSE_TO_BACKGROUND && images.size() < wanted) {
        int index = frame.transparent == NO_TRANSPARENCY ? background : frame.transparent;
        fill(canvas, frame.x, frame.y, frame.width, frame.height, frame.palette, index);
      }
    }
    return images;
  }

  private void fill(byte[] canvas, int x, int y, int columns, int rows, byte[] palette, int index) {
    int right = Math.min(width, x + columns);
    int bottom = Math.min(height, y + rows);
    for (int row = y; row < bottom; row++) {
      for (int column = x; column < right; column++) {
        System.arraycopy(palette, 3 * index, canvas, 3 * (row * width + column), 3);
      }
    }
  }

  private void draw(Frame frame, boolean opaque, byte[] canvas) {
    byte[] indices =
        GifLzw.decode(frame.data.slice(), Math.multiplyExact(frame.width, frame.height));
    int transparent = opaque ? NO_TRANSPARENCY : frame.transparent;
    int columns = Math.min(frame.width, width - frame.x);
    for (int row = 0; row < frame.height; row++) {
      int y = frame.y + (frame.interlaced ? interlacedRow(row, frame.height) : row);
      if (y >= height) {
        continue;
      }
      int from = row * frame.width;
      int to = 3 * (y * width + frame.x);
      for (int column = 0; column < columns; column++, to += 3) {
        int index = indices[from + column] & 0xFF;
        if (index != transparent) {
          canvas[to] = frame.palette[3 * index];
          canvas[to + 1] = frame.palette[3 * index + 1];
          canvas[to + 2] = frame.palette[3 * index + 2];
        }
      }
    }
  }

  /** Where the n-th stored row of an interlaced frame belongs. */
  private static int interlacedRow(int n, int height) {
    int eighths = (height + 7) / 8;
    if (n < eighths) {
      return 8 * n;
    }
    int quarters = (height + 3) / 4;
    if (n < quarters) {
      return 8 * (n - eighths) + 4;
    }
    int halves = (height + 1) / 2;
    return n < halves ? 4 * (n - quarters) + 2 : 2 * (n - halves) + 1;
  }
}
