package dev.halcyon.clip.decode;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.ByteBuffer;
import java.util.function.Function;

/**
 * The supported formats, told apart by the first bytes; names and content types are not trusted.
 */
enum ImageFormat {
  JPEG("jpeg", JpegFile::open),
  PNG("png", PngFile::open),
  WEBP("webp", WebpFile::open),
  GIF("gif", GifFile::open),
  BMP("bmp", BmpFile::open);

  private static final int SIGNATURE_BYTES = 12;

  private final String label;
  private final Function<ByteBuffer, EncodedFile> opener;

  ImageFormat(String label, Function<ByteBuffer, EncodedFile> opener) {
    this.label = label;
    this.opener = opener;
  }

  String label() {
    return label;
  }

  /**
   * Reads the header.
   *
   * @throws dev.halcyon.clip.RejectedImageException UNREADABLE or UNSUPPORTED_FORMAT
   * @throws java.nio.BufferUnderflowException if the file ends within its header
   */
  EncodedFile open(ByteBuffer bytes) {
    return opener.apply(bytes.slice());
  }

  /**
   * The format of a file.
   *
   * @throws dev.halcyon.clip.RejectedImageException UNSUPPORTED_FORMAT
   */
  static ImageFormat of(ByteBuffer bytes) {
    byte[] first = new byte[Math.min(SIGNATURE_BYTES, bytes.remaining())];
    bytes.get(bytes.position(), first);
    String signature = new String(first, ISO_8859_1);
    if (signature.startsWith("\u00FF\u00D8")) {
      return JPEG;
    }
    if (signature.startsWith("\u0089PNG\r\n\u001A\n")) {
      return PNG;
    }
    if (signature.startsWith("RIFF") && signature.startsWith("WEBP", 8)) {
      return WEBP;
    }
    if (signature.startsWith("GIF87a") || signature.startsWith("GIF89a")) {
      return GIF;
    }
    if (signature.startsWith("BM")) {
      return BMP;
    }
    throw EncodedFile.unsupported(describe(signature));
  }

  private static String describe(String signature) {
    if (signature.startsWith("ftyp", 4)) {
      return signature.startsWith("avif", 8) || signature.startsWith("avis", 8)
          ? "AVIF"
          : "HEIF or video";
    }
    if (signature.startsWith("II*\0") || signature.startsWith("MM\0*")) {
      return "TIFF";
    }
    if (signature.startsWith("%PDF")) {
      return "PDF";
    }
    if (signature.startsWith("<svg") || signature.startsWith("<?xml")) {
      return "SVG or XML";
    }
    boolean text = signature.chars().allMatch(c -> c == '\t' || c == '\n' || c == '\r' || c >= ' ');
    return text && signature.chars().allMatch(c -> c < 0x7F) ? "text" : "an unknown file format";
  }
}
