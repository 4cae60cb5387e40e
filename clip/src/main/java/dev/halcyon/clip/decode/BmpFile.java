package dev.halcyon.clip.decode;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Windows bitmap, as MS-WMF 2.2.2.3 and the BITMAPV5HEADER page of the Windows API describe it:
 * palettes of 1, 4 and 8 bits, run-length codes, and 16, 24 and 32 bits a pixel. Alpha is dropped.
 */
final class BmpFile implements EncodedFile {
  private static final String FORMAT = "bmp";
  private static final int FILE_HEADER_BYTES = 14;
  private static final int CORE_HEADER_BYTES = 12;
  private static final int INFO_HEADER_BYTES = 40;

  private static final int UNCOMPRESSED = 0;
  private static final int RLE8 = 1;
  private static final int RLE4 = 2;
  private static final int BIT_FIELDS = 3;
  private static final int ALPHA_BIT_FIELDS = 6;

  private final int width;
  private final int height;
  private final boolean topDown;
  private final int bits;
  private final int compression;

  /** Red, green and blue of a pixel, for 16 and 32 bits. */
  private final int[] masks;

  /** Red, green, blue of each index; missing ones are black. */
  private final byte[] palette;

  private final ByteBuffer pixels;

  private BmpFile(
      int width,
      int height,
      boolean topDown,
      int bits,
      int compression,
      int[] masks,
      byte[] palette,
      ByteBuffer pixels) {
    this.width = width;
    this.height = height;
    this.topDown = topDown;
    this.bits = bits;
    this.compression = compression;
    this.masks = masks;
    this.palette = palette;
    this.pixels = pixels;
  }

  static BmpFile open(ByteBuffer in) {
    in.order(ByteOrder.LITTLE_ENDIAN);
    EncodedFile.moveTo(in, 10);
    long pixelsAt = in.getInt() & 0xFFFFFFFFL;
    int headerBytes = in.getInt();
    boolean core = headerBytes == CORE_HEADER_BYTES;
    if (!core && (headerBytes < INFO_HEADER_BYTES || headerBytes > 124)) {
      throw EncodedFile.unsupported("BMP with a header of " + headerBytes + " bytes");
    }
    int width = core ? in.getShort() & 0xFFFF : in.getInt();
    int signedHeight = core ? in.getShort() & 0xFFFF : in.getInt();
    in.getShort();
    int bits = in.getShort() & 0xFFFF;
    int compression = core ? UNCOMPRESSED : in.getInt();
    boolean topDown = signedHeight < 0;
    int height = topDown ? -signedHeight : signedHeight;
    if (width < 1 || height < 1) {
      throw EncodedFile.unreadable(FORMAT, "its size is " + width + "x" + signedHeight);
    }
    boolean known =
        switch (compression) {
          case UNCOMPRESSED ->
              bits == 1 || bits == 4 || bits == 8 || bits == 16 || bits == 24 || bits == 32;
          case RLE8 -> bits == 8 && !topDown;
          case RLE4 -> bits == 4 && !topDown;
          case BIT_FIELDS, ALPHA_BIT_FIELDS -> bits == 16 || bits == 32;
          default -> false;
        };
    if (!known) {
      throw EncodedFile.unsupported(
          "BMP with compression " + compression + " and " + bits + " bits a pixel");
    }
    long usedColours = 0;
    if (!core) {
      EncodedFile.moveTo(in, in.position() + 12);
      usedColours = in.getInt() & 0xFFFFFFFFL;
    }
    // The masks follow the short header's fields, or are part of the longer headers: same place.
    EncodedFile.moveTo(in, FILE_HEADER_BYTES + headerBytes);
    int[] masks = null;
    if (compression == BIT_FIELDS || compression == ALPHA_BIT_FIELDS) {
      EncodedFile.moveTo(in, FILE_HEADER_BYTES + INFO_HEADER_BYTES);
      masks = new int[] {in.getInt(), in.getInt(), in.getInt()};
      EncodedFile.moveTo(in, Math.max(in.position(), FILE_HEADER_BYTES + headerBytes));
    } else if (bits == 16) {
      masks = new int[] {0x7C00, 0x03E0, 0x001F};
    } else if (bits == 32) {
      masks = new int[] {0xFF0000, 0x00FF00, 0x0000FF};
    }
    byte[] palette = null;
    if (bits <= 8) {
      long colours = usedColours == 0 ? 1L << bits : Math.min(usedColours, 1L << bits);
      palette = palette(in, (int) colours, core ? 3 : 4);
    }
    long start = pixelsAt == 0 ? in.position() : pixelsAt;
    if (start > in.limit()) {
      throw EncodedFile.unreadable(FORMAT, "it is truncated");
    }
    ByteBuffer pixels =
        in.slice((int) start, in.limit() - (int) start).order(ByteOrder.LITTLE_ENDIAN);
    if (compression != RLE8 && compression != RLE4) {
      long needed = rowBytes(width, bits) * (height - 1) + ((long) width * bits + 7) / 8;
      if (needed > pixels.remaining()) {
        throw EncodedFile.unreadable(FORMAT, "it is truncated");
      }
    }
    return new BmpFile(width, height, topDown, bits, compression, masks, palette, pixels);
  }

  private static byte[] palette(ByteBuffer in, int colours, int entryBytes) {
    byte[] palette = new byte[3 * 256];
    for (int i = 0; i < colours; i++) {
      palette[3 * i + 2] = in.get();
      palette[3 * i + 1] = in.get();
      palette[3 * i] = in.get();
      EncodedFile.moveTo(in, in.position() + entryBytes - 3);
    }
    return palette;
  }

  /** Rows are padded to four bytes. */
  private static long rowBytes(int width, int bits) {
    return ((long) width * bits + 31) / 32 * 4;
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
    byte[] rgb = new byte[Math.multiplyExact(3, Math.multiplyExact(width, height))];
    if (compression == RLE8 || compression == RLE4) {
      byte[] indices = runs(compression == RLE4);
      for (int i = 0; i < indices.length; i++) {
        paint(rgb, 3 * i, indices[i] & 0xFF);
      }
      return new RgbImage(width, height, rgb);
    }
    int rowBytes = Math.toIntExact(rowBytes(width, bits));
    for (int row = 0; row < height; row++) {
      int from = row * rowBytes;
      int to = 3 * width * (topDown ? row : height - 1 - row);
      switch (bits) {
        case 24 -> copyRow24(from, rgb, to);
        case 16, 32 -> copyRowMasked(from, rgb, to);
        default -> copyRowIndexed(from, rgb, to);
      }
    }
    return new RgbImage(width, height, rgb);
  }

  private void paint(byte[] rgb, int to, int index) {
    rgb[to] = palette[3 * index];
    rgb[to + 1] = palette[3 * index + 1];
    rgb[to + 2] = palette[3 * index + 2];
  }

  private void copyRow24(int from, byte[] rgb, int to) {
    for (int x = 0; x < width; x++) {
      rgb[to + 3 * x] = pixels.get(from + 3 * x + 2);
      rgb[to + 3 * x + 1] = pixels.get(from + 3 * x + 1);
      rgb[to + 3 * x + 2] = pixels.get(from + 3 * x);
    }
  }

  private void copyRowMasked(int from, byte[] rgb, int to) {
    for (int x = 0; x < width; x++) {
      int pixel = bits == 16 ? pixels.getShort(from + 2 * x) & 0xFFFF : pixels.getInt(from + 4 * x);
      for (int c = 0; c < 3; c++) {
        rgb[to + 3 * x + c] = channel(pixel, masks[c]);
      }
    }
  }

  /** The masked bits, spread over 0 to 255; 0 for an empty mask. */
  private static byte channel(int pixel, int mask) {
    if (mask == 0) {
      return 0;
    }
    int shift = Integer.numberOfTrailingZeros(mask);
    long value = (pixel & mask & 0xFFFFFFFFL) >>> shift;
    return (byte) (value * 255 / ((mask & 0xFFFFFFFFL) >>> shift));
  }

  private void copyRowIndexed(int from, byte[] rgb, int to) {
    int perByte = 8 / bits;
    int mask = (1 << bits) - 1;
    for (int x = 0; x < width; x++) {
      int shift = 8 - bits * (x % perByte + 1);
      paint(rgb, to + 3 * x, (pixels.get(from + x / perByte) >> shift) & mask);
    }
  }

  /** Indices of run-length coded pixels, rows from the top; those skipped are 0. */
  private byte[] runs(boolean nibbles) {
    byte[] indices = new byte[Math.multiplyExact(width, height)];
    ByteBuffer in = pixels.duplicate();
    int x = 0;
    int y = 0;
    while (y < height) {
      if (in.remaining() < 2) {
        throw EncodedFile.unreadable(FORMAT, "it is truncated");
      }
      int count = in.get() & 0xFF;
      int value = in.get() & 0xFF;
      if (count > 0) {
        for (int i = 0; i < count; i++) {
          int index = !nibbles ? value : (i & 1) == 0 ? value >> 4 : value & 15;
          put(indices, x++, y, index);
        }
      } else if (value == 0) {
        x = 0;
        y++;
      } else if (value == 1) {
        break;
      } else if (value == 2) {
        if (in.remaining() < 2) {
          throw EncodedFile.unreadable(FORMAT, "it is truncated");
        }
        x += in.get() & 0xFF;
        y += in.get() & 0xFF;
      } else {
        int bytes = nibbles ? (value + 1) / 2 : value;
        if (in.remaining() < bytes) {
          throw EncodedFile.unreadable(FORMAT, "it is truncated");
        }
        int start = in.position();
        for (int i = 0; i < value; i++) {
          int index =
              !nibbles
                  ? in.get(start + i)
                  : (i & 1) == 0 ? (in.get(start + i / 2) >> 4) & 15 : in.get(start + i / 2) & 15;
          put(indices, x++, y, index);
        }
        in.position(Math.min(in.limit(), start + bytes + (bytes & 1)));
      }
    }
    return indices;
  }

  /** Sets a pixel, its row counted from the bottom; one past the row's end is dropped. */
  private void put(byte[] indices, int x, int y, int index) {
    if (x < width && y < height) {
      indices[(height - 1 - y) * width + x] = (byte) index;
    }
  }
}
