package dev.halcyon.clip.decode;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * How stored pixels become upright: tag 0x0112 of Exif 2.32, section 4.6.4. Transposed first, then
 * mirrored.
 *
 * @param transposed rows and columns change places
 * @param mirroredX then left and right change places
 * @param mirroredY then top and bottom change places
 */
record Orientation(boolean transposed, boolean mirroredX, boolean mirroredY) {
  static final Orientation UPRIGHT = new Orientation(false, false, false);

  private static final int TAG_ORIENTATION = 0x0112;
  private static final int TYPE_SHORT = 3;
  private static final int TYPE_LONG = 4;
  private static final int ENTRY_BYTES = 12;

  private static final Orientation[] BY_CODE = {
    UPRIGHT,
    new Orientation(false, true, false),
    new Orientation(false, true, true),
    new Orientation(false, false, true),
    new Orientation(true, false, false),
    new Orientation(true, true, false),
    new Orientation(true, true, true),
    new Orientation(true, false, true)
  };

  /** The orientation of code 1 to 8; any other code is taken as upright, as viewers do. */
  static Orientation ofCode(int code) {
    return code >= 1 && code <= BY_CODE.length ? BY_CODE[code - 1] : UPRIGHT;
  }

  /**
   * Reads the orientation of a TIFF structure as Exif carries it; upright where there is none or
   * the structure is broken, since a picture is worth more than its metadata.
   */
  static Orientation ofTiff(ByteBuffer tiff) {
    ByteBuffer in = tiff.slice();
    if (in.remaining() < 8) {
      return UPRIGHT;
    }
    int mark = in.getShort(0) & 0xFFFF;
    if (mark == 0x4949) {
      in.order(ByteOrder.LITTLE_ENDIAN);
    } else if (mark != 0x4D4D) {
      return UPRIGHT;
    }
    long directory = in.getInt(4) & 0xFFFFFFFFL;
    if (directory + 2 > in.limit()) {
      return UPRIGHT;
    }
    int entries = in.getShort((int) directory) & 0xFFFF;
    for (int i = 0; i < entries; i++) {
      long entry = directory + 2 + (long) i * ENTRY_BYTES;
      if (entry + ENTRY_BYTES > in.limit()) {
        return UPRIGHT;
      }
      int at = (int) entry;
      if ((in.getShort(at) & 0xFFFF) == TAG_ORIENTATION) {
        return switch (in.getShort(at + 2)) {
          case TYPE_SHORT -> ofCode(in.getShort(at + 8) & 0xFFFF);
          case TYPE_LONG -> ofCode(in.getInt(at + 8));
          default -> UPRIGHT;
        };
      }
    }
    return UPRIGHT;
  }

  /** Turns stored pixels upright. */
  RgbImage apply(RgbImage stored) {
    if (equals(UPRIGHT)) {
      return stored;
    }
    int width = transposed ? stored.height() : stored.width();
    int height = transposed ? stored.width() : stored.height();
    byte[] from = stored.rgb();
    byte[] to = new byte[from.length];
    int stepX = transposed ? 3 * stored.width() : 3;
    int stepY = transposed ? 3 : 3 * stored.width();
    int start = (mirroredX ? (width - 1) * stepX : 0) + (mirroredY ? (height - 1) * stepY : 0);
    int dx = mirroredX ? -stepX : stepX;
    int dy = mirroredY ? -stepY : stepY;
    // Blocks keep both the rows read and the rows written in cache where the two run crosswise.
    int block = transposed ? 32 : Math.max(width, height);
    for (int y0 = 0; y0 < height; y0 += block) {
      for (int x0 = 0; x0 < width; x0 += block) {
        int y1 = Math.min(height, y0 + block);
        int x1 = Math.min(width, x0 + block);
        for (int y = y0; y < y1; y++) {
          int source = start + y * dy + x0 * dx;
          int target = 3 * (y * width + x0);
          for (int x = x0; x < x1; x++) {
            to[target] = from[source];
            to[target + 1] = from[source + 1];
            to[target + 2] = from[source + 2];
            source += dx;
            target += 3;
          }
        }
      }
    }
    return new RgbImage(width, height, to);
  }
}
