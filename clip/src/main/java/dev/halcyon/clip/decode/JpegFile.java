package dev.halcyon.clip.decode;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * JPEG (ITU-T T.81). Its segments are walked as libjpeg walks them, and those that make pixels are
 * kept: tables, frame, scans, and the JFIF and Adobe markers that name the colour model.
 *
 * <p>A native decoder fills what a truncated file lacks with grey and says nothing. So a file must
 * end in an end-of-image marker, or prove by {@link JdkJpeg} that all its pixels are there.
 */
final class JpegFile implements EncodedFile {
  private static final String FORMAT = "jpeg";

  /** Ten or so are usual; each costs a pass over all pixels, which makes small files dear. */
  private static final int MAX_SCANS = 100;

  private static final int TEM = 0x01;
  private static final int SOF0 = 0xC0;
  private static final int SOF1 = 0xC1;
  private static final int SOF2 = 0xC2;
  private static final int DHT = 0xC4;
  private static final int JPG = 0xC8;
  private static final int SOF9 = 0xC9;
  private static final int SOF10 = 0xCA;
  private static final int DAC = 0xCC;
  private static final int SOF15 = 0xCF;
  private static final int RST0 = 0xD0;
  private static final int RST7 = 0xD7;
  private static final int SOI = 0xD8;
  private static final int EOI = 0xD9;
  private static final int SOS = 0xDA;
  private static final int DQT = 0xDB;
  private static final int DNL = 0xDC;
  private static final int DRI = 0xDD;
  private static final int APP0 = 0xE0;
  private static final int APP1 = 0xE1;
  private static final int APP14 = 0xEE;
  private static final int APP15 = 0xEF;
  private static final int COM = 0xFE;

  /** {@code Exif}, 0, 0. */
  private static final long EXIF_MARK = 0x457869660000L;

  private static final int EXIF_MARK_BYTES = 6;

  /** Where the frame header is, and what it says. */
  private record Frame(int width, int height, int components, boolean progressive) {}

  private final Frame frame;
  private final Orientation orientation;
  private final List<ByteBuffer> parts;

  private JpegFile(Frame frame, Orientation orientation, List<ByteBuffer> parts) {
    this.frame = frame;
    this.orientation = orientation;
    this.parts = parts;
  }

  static JpegFile open(ByteBuffer in) {
    List<ByteBuffer> parts = new ArrayList<>();
    parts.add(marker(SOI));
    Frame frame = null;
    Orientation orientation = null;
    in.position(2);
    while (true) {
      int marker = nextMarker(in);
      if (marker == TEM || (marker >= RST0 && marker <= RST7)) {
        continue;
      }
      if (marker == SOI || marker == EOI) {
        throw EncodedFile.unreadable(FORMAT, "it has no pixels");
      }
      int start = in.position() - 2;
      ByteBuffer segment = segment(in);
      if (marker == SOS) {
        if (frame == null) {
          throw EncodedFile.unreadable(FORMAT, "its scan comes before its frame header");
        }
        boolean severalScans = frame.progressive || (segment.get() & 0xFF) < frame.components;
        addScans(in, start, severalScans, parts);
        JpegFile file =
            new JpegFile(frame, orientation == null ? Orientation.UPRIGHT : orientation, parts);
        return file;
      }
      if (isFrame(marker)) {
        if (frame != null) {
          throw EncodedFile.unreadable(FORMAT, "it has two frame headers");
        }
        frame = frame(marker, segment);
      } else if (marker == APP1 && orientation == null) {
        orientation = exifOrientation(segment);
      }
      boolean metadata =
          marker == COM || (marker >= APP0 && marker <= APP15 && marker != APP0 && marker != APP14);
      if (!metadata) {
        parts.add(in.slice(start, in.position() - start));
      }
    }
  }

  private static boolean isFrame(int marker) {
    return marker >= SOF0 && marker <= SOF15 && marker != DHT && marker != JPG && marker != DAC;
  }

  private static Frame frame(int marker, ByteBuffer segment) {
    if (marker != SOF0 && marker != SOF1 && marker != SOF2 && marker != SOF9 && marker != SOF10) {
      throw EncodedFile.unsupported("lossless or hierarchical JPEG");
    }
    int bits = segment.get() & 0xFF;
    int height = segment.getShort() & 0xFFFF;
    int width = segment.getShort() & 0xFFFF;
    int components = segment.get() & 0xFF;
    if (bits != 8) {
      throw EncodedFile.unsupported("JPEG with " + bits + " bits a channel");
    }
    if (width == 0 || height == 0) {
      throw EncodedFile.unreadable(FORMAT, "its size is " + width + "x" + height);
    }
    if (components != 1 && components != 3 && components != 4) {
      throw EncodedFile.unsupported("JPEG with " + components + " channels");
    }
    return new Frame(width, height, components, marker == SOF2 || marker == SOF10);
  }

  private static Orientation exifOrientation(ByteBuffer segment) {
    if (segment.remaining() < EXIF_MARK_BYTES) {
      return null;
    }
    long mark = ((long) segment.getInt(0) << 16) | (segment.getShort(4) & 0xFFFF);
    if (mark != EXIF_MARK) {
      return null;
    }
    return Orientation.ofTiff(
        segment.slice(EXIF_MARK_BYTES, segment.remaining() - EXIF_MARK_BYTES));
  }

  /** Adds the scans, from the first one's header up to the end of the image. */
  private static void addScans(
      ByteBuffer in, int start, boolean severalScans, List<ByteBuffer> parts) {
    int last = in.limit() - 2;
    boolean endsInMarker = last >= in.position() && (in.getShort(last) & 0xFFFF) == (0xFF00 | EOI);
    if (endsInMarker && !severalScans) {
      parts.add(in.slice(start, in.limit() - start));
      return;
    }
    int end = endOfImage(in);
    if (end < 0 && endsInMarker) {
      end = in.limit();
    }
    if (end >= 0) {
      parts.add(in.slice(start, end - start));
      return;
    }
    parts.add(in.slice(start, in.limit() - start));
    parts.add(marker(EOI));
    JdkJpeg.requireWhole(parts);
  }

  /**
   * Walks the scans.
   *
   * @return where the end-of-image marker ends, or -1 if there is none
   */
  private static int endOfImage(ByteBuffer in) {
    int scans = 1;
    while (in.hasRemaining()) {
      if (in.get() != (byte) 0xFF) {
        continue;
      }
      int marker = 0xFF;
      while (marker == 0xFF && in.hasRemaining()) {
        marker = in.get() & 0xFF;
      }
      if (marker == EOI) {
        return in.position();
      }
      if (marker == SOS && ++scans > MAX_SCANS) {
        throw EncodedFile.unreadable(FORMAT, "it has more than " + MAX_SCANS + " scans");
      }
      boolean hasBody =
          marker == SOS
              || marker == DHT
              || marker == DQT
              || marker == DRI
              || marker == DAC
              || marker == DNL
              || marker == COM
              || (marker >= APP0 && marker <= APP15);
      if (hasBody && in.remaining() >= 2) {
        int length = in.getShort(in.position()) & 0xFFFF;
        in.position(Math.min(in.limit(), in.position() + Math.max(2, length)));
      }
    }
    return -1;
  }

  /** Moves past the next marker, and past whatever stands before it. */
  private static int nextMarker(ByteBuffer in) {
    while (true) {
      while (in.get() != (byte) 0xFF) {
        // Garbage between segments does no harm.
      }
      int marker = 0xFF;
      while (marker == 0xFF) {
        marker = in.get() & 0xFF;
      }
      if (marker != 0) {
        return marker;
      }
    }
  }

  /** Moves past a segment's length and body, and returns the body. */
  private static ByteBuffer segment(ByteBuffer in) {
    int length = in.getShort() & 0xFFFF;
    if (length < 2) {
      throw EncodedFile.unreadable(FORMAT, "a segment's length is " + length);
    }
    if (length - 2 > in.remaining()) {
      throw EncodedFile.unreadable(FORMAT, "it ends within its header");
    }
    ByteBuffer body = in.slice(in.position(), length - 2);
    in.position(in.position() + length - 2);
    return body;
  }

  private static ByteBuffer marker(int code) {
    return ByteBuffer.wrap(new byte[] {(byte) 0xFF, (byte) code});
  }

  @Override
  public String format() {
    return FORMAT;
  }

  @Override
  public int width() {
    return frame.width;
  }

  @Override
  public int height() {
    return frame.height;
  }

  @Override
  public Orientation orientation() {
    return orientation;
  }

  @Override
  public int maxReduction() {
    return frame.components == 4 ? 1 : 8;
  }

  @Override
  public RgbImage decode(int reduction) {
    return frame.components == 4
        ? JdkJpeg.decodeCmyk(parts, frame.width, frame.height)
        : OpenCv.decodeRgb(FORMAT, parts, frame.width, frame.height, reduction);
  }
}
