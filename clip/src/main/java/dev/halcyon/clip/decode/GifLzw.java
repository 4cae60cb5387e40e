package dev.halcyon.clip.decode;

import java.nio.ByteBuffer;

/** GIF's variable-length-code LZW, appendix F of the GIF89a specification. */
final class GifLzw {
  private static final String FORMAT = "gif";
  private static final int MAX_CODE_BITS = 12;
  private static final int MAX_CODES = 1 << MAX_CODE_BITS;

  private final ByteBuffer in;
  private int blockLeft;
  private int bits;
  private int bitCount;

  private GifLzw(ByteBuffer in) {
    this.in = in;
  }

  /**
   * Decodes one frame's indices, row by row as stored.
   *
   * @param data code size, then sub-blocks up to their terminator
   * @throws dev.halcyon.clip.RejectedImageException UNREADABLE if there are too few, or a code is
   *     not yet defined
   */
  static byte[] decode(ByteBuffer data, int pixels) {
    int codeSize = data.get() & 0xFF;
    if (codeSize < 1 || codeSize > 8) {
      throw EncodedFile.unreadable(FORMAT, "its code size is " + codeSize);
    }
    return new GifLzw(data).decode(codeSize, pixels);
  }

  private byte[] decode(int codeSize, int pixels) {
    int clear = 1 << codeSize;
    int end = clear + 1;
    // A code stands for the string of its prefix code and one more index.
    short[] prefix = new short[MAX_CODES];
    byte[] suffix = new byte[MAX_CODES];
    short[] length = new short[MAX_CODES];
    for (int code = 0; code < clear; code++) {
      suffix[code] = (byte) code;
      length[code] = 1;
    }
    byte[] out = new byte[pixels];
    int at = 0;
    int codeBits = codeSize + 1;
    int next = end + 1;
    int previous = -1;
    while (at < pixels) {
      int code = readCode(codeBits);
      if (code < 0 || code == end) {
        throw EncodedFile.unreadable(FORMAT, "it is truncated");
      }
      if (code == clear) {
        codeBits = codeSize + 1;
        next = end + 1;
        previous = -1;
        continue;
      }
      boolean undefined = code >= next;
      if ((undefined && (code > next || previous < 0 || next == MAX_CODES))
          || (previous < 0 && code > end)) {
        throw EncodedFile.unreadable(FORMAT, "it uses an undefined code");
      }
      // The one code that may be used before it is defined: the last string and its first index.
      int shown = undefined ? previous : code;
      int count = length[shown];
      int stop = Math.min(pixels, at + count);
      int write = at + count - 1;
      int walk = shown;
      byte first = 0;
      for (int i = 0; i < count; i++) {
        first = suffix[walk];
        if (write < pixels) {
          out[write] = first;
        }
        write--;
        walk = prefix[walk];
      }
      at = stop;
      if (undefined && at < pixels) {
        out[at++] = first;
      }
      if (previous >= 0 && next < MAX_CODES) {
        prefix[next] = (short) previous;
        suffix[next] = first;
        length[next] = (short) (length[previous] + 1);
        next++;
        if (next == 1 << codeBits && codeBits < MAX_CODE_BITS) {
          codeBits++;
        }
      }
      previous = code;
    }
    return out;
  }

  /** The next code, or -1 at the end of the data. */
  private int readCode(int codeBits) {
    while (bitCount < codeBits) {
      if (blockLeft == 0) {
        blockLeft = in.hasRemaining() ? in.get() & 0xFF : 0;
        if (blockLeft == 0) {
          return -1;
        }
      }
      bits |= (in.get() & 0xFF) << bitCount;
      bitCount += 8;
      blockLeft--;
    }
    int code = bits & ((1 << codeBits) - 1);
    bits >>>= codeBits;
    bitCount -= codeBits;
    return code;
  }
}
