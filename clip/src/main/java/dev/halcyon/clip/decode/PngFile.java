package dev.halcyon.clip.decode;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * PNG (ISO/IEC 15948). Kept are the header, the palette and the image data: without the rest there
 * is no transparency, no gamma and no animation, and what remains are the colours as written. Of an
 * animated PNG that is the default image.
 */
final class PngFile implements EncodedFile {
  private static final String FORMAT = "png";
  private static final int SIGNATURE_BYTES = 8;

  /** Length, type and checksum of a chunk. */
  private static final int FRAME_BYTES = 12;

  private static final int IHDR = 0x49484452;
  private static final int PLTE = 0x504C5445;
  private static final int IDAT = 0x49444154;
  private static final int IEND = 0x49454E44;
  private static final int EXIF = 0x65584966;

  private static final byte[] END = {
    0, 0, 0, 0, 'I', 'E', 'N', 'D', (byte) 0xAE, 0x42, 0x60, (byte) 0x82
  };

  private final int width;
  private final int height;
  private final Orientation orientation;
  private final List<ByteBuffer> parts;

  private PngFile(int width, int height, Orientation orientation, List<ByteBuffer> parts) {
    this.width = width;
    this.height = height;
    this.orientation = orientation;
    this.parts = parts;
  }

  static PngFile open(ByteBuffer in) {
    List<ByteBuffer> parts = new ArrayList<>();
    parts.add(in.slice(0, SIGNATURE_BYTES));
    in.position(SIGNATURE_BYTES);
    int headerLength = in.getInt();
    if (in.getInt() != IHDR || headerLength != 13) {
      throw EncodedFile.unreadable(FORMAT, "its header chunk is not first");
    }
    int width = in.getInt();
    int height = in.getInt();
    if (width < 1 || height < 1) {
      throw EncodedFile.unreadable(
          FORMAT,
          "its size is %sx%s"
              .formatted(Integer.toUnsignedString(width), Integer.toUnsignedString(height)));
    }
    Orientation orientation = Orientation.UPRIGHT;
    boolean pixels = false;
    in.position(SIGNATURE_BYTES);
    while (in.remaining() >= FRAME_BYTES) {
      int start = in.position();
      int length = in.getInt();
      int type = in.getInt();
      if (length < 0 || length > in.remaining() - 4) {
        throw EncodedFile.unreadable(FORMAT, "it is truncated");
      }
      int body = in.position();
      in.position(body + length + 4);
      switch (type) {
        case IHDR, PLTE -> parts.add(in.slice(start, length + FRAME_BYTES));
        case IDAT -> {
          pixels = true;
          parts.add(in.slice(start, length + FRAME_BYTES));
        }
        case EXIF -> orientation = Orientation.ofTiff(in.slice(body, length));
        case IEND -> in.position(in.limit());
        default -> {
          // Not a pixel.
        }
      }
    }
    if (!pixels) {
      throw EncodedFile.unreadable(FORMAT, "it has no pixels");
    }
    parts.add(ByteBuffer.wrap(END));
    return new PngFile(width, height, orientation, parts);
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
    return OpenCv.decodeRgb(FORMAT, parts, width, height, reduction);
  }
}
