package dev.halcyon.clip.decode;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * WebP (RFC 9649), still or animated. Each picture is handed to the decoder as a file of its own.
 *
 * <p>Animations are composed as libwebp's {@code WebPAnimDecoder} does: on a transparent black
 * canvas, not on the file's background colour.
 */
final class WebpFile implements EncodedFile {
  private static final String FORMAT = "webp";
  private static final int RIFF_HEADER_BYTES = 12;
  private static final int CHUNK_HEADER_BYTES = 8;

  private static final int VP8 = tag("VP8 ");
  private static final int VP8L = tag("VP8L");
  private static final int VP8X = tag("VP8X");
  private static final int ALPH = tag("ALPH");
  private static final int ANMF = tag("ANMF");
  private static final int EXIF = tag("EXIF");

  private static final int FLAG_ANIMATION = 0x02;
  private static final int FLAG_ALPHA = 0x10;
  private static final int FRAME_DISPOSE = 0x01;
  private static final int FRAME_NO_BLEND = 0x02;

  /**
   * One picture.
   *
   * @param x left edge on the canvas
   * @param y top edge on the canvas
   * @param bitstream its VP8 or VP8L chunk
   * @param alpha its ALPH chunk, null without one
   * @param dispose whether its area is cleared before the next one
   * @param blend whether it is blended with what is there, or replaces it
   */
  private record Frame(
      int x,
      int y,
      int width,
      int height,
      ByteBuffer bitstream,
      ByteBuffer alpha,
      boolean dispose,
      boolean blend) {
    long pixels() {
      return (long) width * height;
    }
  }

  private final int width;
  private final int height;
  private final boolean animated;
  private final Orientation orientation;
  private final List<Frame> frames;

  private WebpFile(
      int width, int height, boolean animated, Orientation orientation, List<Frame> frames) {
    this.width = width;
    this.height = height;
    this.animated = animated;
    this.orientation = orientation;
    this.frames = frames;
  }

  private static int tag(String name) {
    return name.charAt(0) | (name.charAt(1) << 8) | (name.charAt(2) << 16) | (name.charAt(3) << 24);
  }

  static WebpFile open(ByteBuffer in) {
    in.order(ByteOrder.LITTLE_ENDIAN);
    long riffBytes = in.getInt(4) & 0xFFFFFFFFL;
    if (riffBytes > in.limit() - CHUNK_HEADER_BYTES) {
      throw EncodedFile.unreadable(FORMAT, "it is truncated");
    }
    in.limit((int) riffBytes + CHUNK_HEADER_BYTES);
    in.position(RIFF_HEADER_BYTES);
    int flags = 0;
    int canvasWidth = 0;
    int canvasHeight = 0;
    Orientation orientation = Orientation.UPRIGHT;
    ByteBuffer bitstream = null;
    List<Frame> frames = new ArrayList<>();
    while (in.remaining() >= CHUNK_HEADER_BYTES) {
      int tag = in.getInt(in.position());
      ByteBuffer chunk = chunk(in);
      ByteBuffer body = body(chunk);
      if (tag == VP8X) {
        flags = body.get() & 0xFF;
        EncodedFile.moveTo(body, 4);
        canvasWidth = uint24(body) + 1;
        canvasHeight = uint24(body) + 1;
      } else if ((tag == VP8 || tag == VP8L) && bitstream == null) {
        bitstream = chunk;
      } else if (tag == ANMF && (flags & FLAG_ANIMATION) != 0) {
        frames.add(frame(body, canvasWidth, canvasHeight));
      } else if (tag == EXIF) {
        orientation = Orientation.ofTiff(withoutMark(body));
      }
    }
    if ((flags & FLAG_ANIMATION) != 0) {
      if (frames.isEmpty()) {
        throw EncodedFile.unreadable(FORMAT, "it has no pixels");
      }
      return new WebpFile(canvasWidth, canvasHeight, true, orientation, frames);
    }
    if (bitstream == null) {
      throw EncodedFile.unreadable(FORMAT, "it has no pixels");
    }
    Frame still = still(bitstream);
    if (canvasWidth != 0 && (canvasWidth != still.width || canvasHeight != still.height)) {
      throw EncodedFile.unreadable(FORMAT, "its canvas and its picture differ in size");
    }
    return new WebpFile(still.width, still.height, false, orientation, List.of(still));
  }

  private static Frame still(ByteBuffer bitstream) {
    ByteBuffer body = body(bitstream);
    if (bitstream.getInt(0) == VP8L) {
      if (body.get() != 0x2F) {
        throw EncodedFile.unreadable(FORMAT, "its lossless signature is missing");
      }
      int bits = body.getInt();
      int width = (bits & 0x3FFF) + 1;
      int height = ((bits >>> 14) & 0x3FFF) + 1;
      return new Frame(0, 0, width, height, bitstream, null, false, false);
    }
    boolean keyFrame = (uint24(body) & 1) == 0;
    if (!keyFrame || uint24(body) != 0x2A019D) {
      throw EncodedFile.unreadable(FORMAT, "its key frame signature is missing");
    }
    int width = body.getShort() & 0x3FFF;
    int height = body.getShort() & 0x3FFF;
    if (width == 0 || height == 0) {
      throw EncodedFile.unreadable(FORMAT, "its size is " + width + "x" + height);
    }
    return new Frame(0, 0, width, height, bitstream, null, false, false);
  }

  private static Frame frame(ByteBuffer body, int canvasWidth, int canvasHeight) {
    int x = 2 * uint24(body);
    int y = 2 * uint24(body);
    int width = uint24(body) + 1;
    int height = uint24(body) + 1;
    uint24(body);
    int flags = body.get() & 0xFF;
    ByteBuffer bitstream = null;
    ByteBuffer alpha = null;
    while (bitstream == null && body.remaining() >= CHUNK_HEADER_BYTES) {
      int tag = body.getInt(body.position());
      ByteBuffer chunk = chunk(body);
      if (tag == VP8 || tag == VP8L) {
        bitstream = chunk;
      } else if (tag == ALPH) {
        alpha = chunk;
      }
    }
    if (bitstream == null
        || still(bitstream).width != width
        || still(bitstream).height != height
        || (long) x + width > canvasWidth
        || (long) y + height > canvasHeight) {
      throw EncodedFile.unreadable(FORMAT, "a frame does not fit its canvas");
    }
    return new Frame(
        x,
        y,
        width,
        height,
        bitstream,
        alpha,
        (flags & FRAME_DISPOSE) != 0,
        (flags & FRAME_NO_BLEND) == 0);
  }

  /** Moves past a chunk and returns it with its header, without the padding. */
  private static ByteBuffer chunk(ByteBuffer in) {
    long length = in.getInt(in.position() + 4) & 0xFFFFFFFFL;
    if (length > in.remaining() - CHUNK_HEADER_BYTES) {
      throw EncodedFile.unreadable(FORMAT, "it is truncated");
    }
    int bytes = CHUNK_HEADER_BYTES + (int) length;
    ByteBuffer chunk = in.slice(in.position(), bytes).order(ByteOrder.LITTLE_ENDIAN);
    in.position(Math.min(in.limit(), in.position() + bytes + (bytes & 1)));
    return chunk;
  }

  private static ByteBuffer body(ByteBuffer chunk) {
    return chunk
        .slice(CHUNK_HEADER_BYTES, chunk.limit() - CHUNK_HEADER_BYTES)
        .order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Some writers put JPEG's {@code Exif} mark before the TIFF structure. */
  private static ByteBuffer withoutMark(ByteBuffer exif) {
    return exif.remaining() > 6 && exif.getInt(0) == tag("Exif")
        ? exif.slice(6, exif.remaining() - 6)
        : exif;
  }

  private static int uint24(ByteBuffer in) {
    int low = in.getShort() & 0xFFFF;
    return low | ((in.get() & 0xFF) << 16);
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
  public Orientation orientation() {
    return orientation;
  }

  @Override
  public RgbImage decode(int reduction) {
    if (animated) {
      return compose(frames.subList(0, 1), 1).get(0);
    }
    Frame still = frames.get(0);
    return OpenCv.decodeRgb(FORMAT, file(still, false), width, height, reduction);
  }

  @Override
  public List<RgbImage> frames(int maxFrames, long maxPixels) {
    if (!animated) {
      return List.of(decode(1));
    }
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
    // Blue, green, red, alpha, not premultiplied.
    byte[] canvas = new byte[Math.multiplyExact(4, Math.multiplyExact(width, height))];
    List<RgbImage> images = new ArrayList<>(wanted);
    for (int i = 0; images.size() < wanted; i++) {
      Frame frame = shown.get(i);
      draw(frame, i > 0 && frame.blend, canvas);
      if (EncodedFile.spaced(images.size(), wanted, shown.size()) == i) {
        images.add(withoutAlpha(canvas));
      }
      if (frame.dispose) {
        clear(frame, canvas);
      }
    }
    return images;
  }

  private void draw(Frame frame, boolean blend, byte[] canvas) {
    OpenCv.Pixels pixels =
        OpenCv.decodeWithAlpha(FORMAT, file(frame, true), frame.width, frame.height);
    byte[] from = pixels.bytes();
    int channels = pixels.channels();
    int source = 0;
    for (int y = 0; y < frame.height; y++) {
      int target = 4 * ((frame.y + y) * width + frame.x);
      for (int x = 0; x < frame.width; x++, source += channels, target += 4) {
        int alpha = channels == 4 ? from[source + 3] & 0xFF : 255;
        if (!blend || alpha == 255) {
          canvas[target] = from[source];
          canvas[target + 1] = from[source + 1];
          canvas[target + 2] = from[source + 2];
          canvas[target + 3] = (byte) alpha;
        } else if (alpha > 0) {
          blend(from, source, alpha, canvas, target);
        }
      }
    }
  }

  /** Source over destination, neither premultiplied, rounded as libwebp does. */
  private static void blend(byte[] from, int source, int alpha, byte[] canvas, int target) {
    int below = ((canvas[target + 3] & 0xFF) * (256 - alpha)) >> 8;
    int sum = alpha + below;
    long scale = (1L << 24) / sum;
    for (int c = 0; c < 3; c++) {
      int value = (from[source + c] & 0xFF) * alpha + (canvas[target + c] & 0xFF) * below;
      canvas[target + c] = (byte) ((value * scale) >> 24);
    }
    canvas[target + 3] = (byte) sum;
  }

  private void clear(Frame frame, byte[] canvas) {
    for (int y = frame.y; y < frame.y + frame.height; y++) {
      int from = 4 * (y * width + frame.x);
      Arrays.fill(canvas, from, from + 4 * frame.width, (byte) 0);
    }
  }

  private RgbImage withoutAlpha(byte[] canvas) {
    byte[] rgb = new byte[3 * width * height];
    for (int from = 0, to = 0; to < rgb.length; from += 4, to += 3) {
      rgb[to] = canvas[from + 2];
      rgb[to + 1] = canvas[from + 1];
      rgb[to + 2] = canvas[from];
    }
    return new RgbImage(width, height, rgb);
  }

  /** A file of one picture alone. */
  private static List<ByteBuffer> file(Frame frame, boolean withAlpha) {
    boolean extended = withAlpha && frame.alpha != null && frame.bitstream.getInt(0) == VP8;
    List<ByteBuffer> chunks = new ArrayList<>();
    if (extended) {
      ByteBuffer header = little(CHUNK_HEADER_BYTES + 10);
      header.putInt(VP8X).putInt(10).putInt(FLAG_ALPHA);
      putUint24(header, frame.width - 1);
      putUint24(header, frame.height - 1);
      chunks.add(header.flip());
      addPadded(chunks, frame.alpha);
    }
    addPadded(chunks, frame.bitstream);
    int bytes = chunks.stream().mapToInt(ByteBuffer::remaining).sum();
    ByteBuffer riff = little(RIFF_HEADER_BYTES);
    riff.putInt(tag("RIFF")).putInt(4 + bytes).putInt(tag("WEBP"));
    chunks.add(0, riff.flip());
    return chunks;
  }

  private static void addPadded(List<ByteBuffer> chunks, ByteBuffer chunk) {
    chunks.add(chunk);
    if ((chunk.remaining() & 1) != 0) {
      chunks.add(ByteBuffer.allocate(1));
    }
  }

  private static ByteBuffer little(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static void putUint24(ByteBuffer out, int value) {
    out.putShort((short) value).put((byte) (value >> 16));
  }
}
