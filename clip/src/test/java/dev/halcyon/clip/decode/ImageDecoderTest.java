package dev.halcyon.clip.decode;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.halcyon.clip.ReferencePixels;
import dev.halcyon.clip.RejectReason;
import dev.halcyon.clip.Rejected;
import dev.halcyon.clip.RejectedImageException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ImageDecoderTest {
  private static final String JPEG = "jpeg-444.jpg";
  private static final String PROGRESSIVE = "jpeg-progressive.jpg";

  private final ImageDecoder decoder = new ImageDecoder(DecodeLimits.DEFAULT);

  // ---- limits and formats

  @Test
  void refusesNoBytes() {
    assertThat(reject(new byte[0]).reason()).isEqualTo(RejectReason.EMPTY);
  }

  @Test
  void refusesMoreBytesThanTheLimit() {
    byte[] bytes = bytes(JPEG);
    ImageDecoder enough = new ImageDecoder(new DecodeLimits(bytes.length, 100_000));
    ImageDecoder tooFew = new ImageDecoder(new DecodeLimits(bytes.length - 1, 100_000));
    assertThat(enough.decode(ByteBuffer.wrap(bytes)).format()).isEqualTo("jpeg");
    assertThat(reject(tooFew, bytes))
        .isEqualTo(
            new Rejected(
                RejectReason.TOO_MANY_BYTES,
                "the image has %d bytes, the limit is %d"
                    .formatted(bytes.length, bytes.length - 1)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "jpeg-444.jpg",
        "png-rgb.png",
        "webp-lossy.webp",
        "webp-animated.webp",
        "gif-still.gif",
        "bmp-24.bmp"
      })
  void refusesMorePixelsThanTheLimit(String name) {
    DecodedImage decoded = decoder.decode(ReferencePixels.picture(name));
    long pixels = (long) decoded.widthPixels() * decoded.heightPixels();
    ImageDecoder enough = new ImageDecoder(new DecodeLimits(1 << 20, pixels));
    ImageDecoder tooFew = new ImageDecoder(new DecodeLimits(1 << 20, pixels - 1));
    assertThat(enough.decode(ReferencePixels.picture(name)).image()).isNotNull();
    assertThat(reject(tooFew, bytes(name)).reason()).isEqualTo(RejectReason.TOO_MANY_PIXELS);
  }

  /** A header of 30,000 x 30,000 over the data of a small picture: refused without decoding. */
  @Test
  void readsTheNumberOfPixelsFromTheHeader() {
    byte[] bytes = bytes("png-rgb.png");
    ByteBuffer.wrap(bytes).putInt(16, 30_000).putInt(20, 30_000);
    assertThat(reject(bytes).reason()).isEqualTo(RejectReason.TOO_MANY_PIXELS);
  }

  @Test
  void namesWhatIsNotSupported() {
    assertThat(reject("hello, world, I am a text".getBytes(UTF_8)))
        .isEqualTo(
            new Rejected(
                RejectReason.UNSUPPORTED_FORMAT,
                "text is not supported; send JPEG, PNG, WebP, GIF or BMP with 8 or 16 bits a"
                    + " channel"));
    assertThat(reject("\0\0\0 ftypavif\0\0\0\0".getBytes(UTF_8)).detail()).startsWith("AVIF");
    assertThat(reject("\0\0\0 ftypheic\0\0\0\0".getBytes(UTF_8)).detail()).startsWith("HEIF");
    assertThat(reject("%PDF-1.7".getBytes(UTF_8)).detail()).startsWith("PDF");
    assertThat(reject(new byte[] {1, 2, 3}).detail()).startsWith("an unknown file format");
    assertThat(reject("RIFF\4\0\0\0WAVE".getBytes(UTF_8)).reason())
        .isEqualTo(RejectReason.UNSUPPORTED_FORMAT);
  }

  @Test
  void leavesTheBufferAsItWas() {
    byte[] bytes = bytes(JPEG);
    ByteBuffer direct = ByteBuffer.allocateDirect(bytes.length + 20).position(10);
    direct.put(bytes).flip().position(10);
    ByteBuffer encoded = direct.asReadOnlyBuffer();
    assertThat(decoder.decode(encoded).image().rgb())
        .isEqualTo(decoder.decode(ByteBuffer.wrap(bytes)).image().rgb());
    assertThat(encoded.position()).isEqualTo(10);
    assertThat(encoded.limit()).isEqualTo(bytes.length + 10);
  }

  // ---- truncated and sloppy files

  @ParameterizedTest
  @ValueSource(
      strings = {
        "jpeg-444.jpg",
        "jpeg-420-low-quality.jpg",
        "jpeg-progressive.jpg",
        "jpeg-restarts.jpg",
        "jpeg-grey.jpg",
        "jpeg-cmyk.jpg",
        "png-rgb.png",
        "png-interlaced.png",
        "png-palette.png",
        "webp-lossy.webp",
        "webp-lossless.webp",
        "webp-lossless-alpha.webp",
        "gif-still.gif",
        "gif-interlaced.gif",
        "bmp-24.bmp",
        "bmp-palette.bmp"
      })
  void refusesTruncatedFiles(String name) {
    byte[] bytes = bytes(name);
    for (int percent : new int[] {10, 25, 50, 75, 90, 95}) {
      byte[] part = Arrays.copyOf(bytes, bytes.length * percent / 100);
      assertThat(reject(part).reason())
          .as("%s, %d%%", name, percent)
          .isEqualTo(RejectReason.UNREADABLE);
    }
  }

  @Test
  void readsJpegsWithoutTheirEndMarkerWhereAllPixelsAreThere() {
    for (String name : List.of(JPEG, PROGRESSIVE, "jpeg-restarts.jpg", "jpeg-cmyk.jpg")) {
      byte[] bytes = bytes(name);
      assertSamePixels(name, Arrays.copyOf(bytes, bytes.length - 2));
      assertSamePixels(name, Arrays.copyOf(bytes, bytes.length - 1));
    }
  }

  @Test
  void readsJpegsWithBytesBehindTheEnd() {
    for (String name : List.of(JPEG, PROGRESSIVE)) {
      byte[] bytes = bytes(name);
      assertSamePixels(name, joined(bytes, new byte[1000]));
      assertSamePixels(name, joined(bytes, bytes("png-rgb.png")));
      assertSamePixels(name, joined(bytes, Arrays.copyOf(bytes(JPEG), 500)));
    }
  }

  @Test
  void readsJpegsWithGarbageBetweenSegmentsAndFillBytes() {
    byte[] bytes = bytes(JPEG);
    byte[] start = Arrays.copyOf(bytes, 2);
    byte[] rest = Arrays.copyOfRange(bytes, 2, bytes.length);
    byte[] comment = {(byte) 0xFF, (byte) 0xFE, 0, 5, 'h', 'i', '!'};
    assertSamePixels(JPEG, joined(start, joined(comment, rest)));
    assertSamePixels(JPEG, joined(start, joined(new byte[] {0, 1, 2}, rest)));
    assertSamePixels(JPEG, joined(start, joined(new byte[] {-1, -1, -1}, rest)));
  }

  @Test
  void refusesJpegsOfManyScans() {
    byte[] bytes = bytes(PROGRESSIVE);
    int scan = lastScan(bytes);
    byte[] one = Arrays.copyOfRange(bytes, scan, bytes.length - 2);
    byte[] many = Arrays.copyOf(bytes, bytes.length - 2);
    for (int i = 0; i < 120; i++) {
      many = joined(many, one);
    }
    many = joined(many, new byte[] {(byte) 0xFF, (byte) 0xD9});
    assertThat(reject(many))
        .isEqualTo(
            new Rejected(
                RejectReason.UNREADABLE, "the jpeg file is damaged: it has more than 100 scans"));
  }

  @Test
  void refusesPngsWithAWrongChecksum() {
    byte[] bytes = bytes("png-rgb.png");
    bytes[bytes.length / 2] ^= 0x10;
    assertThat(reject(bytes).reason()).isEqualTo(RejectReason.UNREADABLE);
  }

  @Test
  void showsTheFramesOfATruncatedAnimation() {
    byte[] bytes = bytes("gif-animated.gif");
    byte[] part = Arrays.copyOf(bytes, bytes.length * 3 / 4);
    List<RgbImage> whole = ReferencePixels.frames().get("gif-animated.gif");
    List<DecodedImage> frames = decoder.decodeFrames(ByteBuffer.wrap(part), 10);
    assertThat(frames).hasSizeBetween(2, whole.size() - 1);
    for (int i = 0; i < frames.size(); i++) {
      assertThat(frames.get(i).image().rgb()).isEqualTo(whole.get(i).rgb());
    }
  }

  // ---- frames

  @Test
  void spacesFramesEvenly() {
    for (String name : List.of("gif-animated.gif", "webp-animated.webp")) {
      List<RgbImage> all = ReferencePixels.frames().get(name);
      List<DecodedImage> two = decoder.decodeFrames(ReferencePixels.picture(name), 2);
      assertThat(two).hasSize(2);
      assertThat(two.get(0).image().rgb()).isEqualTo(all.get(0).rgb());
      assertThat(two.get(1).image().rgb()).isEqualTo(all.get(all.size() / 2).rgb());
    }
  }

  @Test
  void givesOneFrameOfAStill() {
    for (String name : List.of(JPEG, "png-animated.png", "webp-lossy.webp", "gif-still.gif")) {
      List<DecodedImage> frames = decoder.decodeFrames(ReferencePixels.picture(name), 8);
      assertThat(frames).hasSize(1);
      assertThat(frames.get(0).image().rgb()).isEqualTo(ReferencePixels.decoded().get(name).rgb());
    }
  }

  @Test
  void boundsWhatAnAnimationTakes() {
    ByteBuffer gif = ReferencePixels.picture("gif-animated.gif");
    ImageDecoder tight = new ImageDecoder(new DecodeLimits(1 << 20, 24 * 18, 24 * 18 * 2));
    assertThat(tight.decode(gif).image()).isNotNull();
    assertThat(tight.decodeFrames(gif, 1)).hasSize(1);
    assertThatThrownBy(() -> tight.decodeFrames(gif, 5))
        .isInstanceOfSatisfying(
            RejectedImageException.class,
            e -> assertThat(e.rejected().reason()).isEqualTo(RejectReason.TOO_MANY_PIXELS));
  }

  // ---- decoding smaller

  @Test
  void decodesLargeJpegsSmaller() {
    ByteBuffer large = ReferencePixels.picture("jpeg-large.jpg");
    DecodedImage full = decoder.decode(large);
    int shortSide = full.image().height();
    assertThat(shortSide).isEqualTo(311);
    DecodedImage half = decoder.decode(large, shortSide / 2);
    assertThat(half.image().width()).isEqualTo((full.image().width() + 1) / 2);
    assertThat(half.image().height()).isEqualTo((full.image().height() + 1) / 2);
    assertThat(half.widthPixels()).isEqualTo(full.widthPixels());
    assertThat(half.heightPixels()).isEqualTo(full.heightPixels());
    assertThat(half.extent())
        .isEqualTo(
            new DecodedImage.Extent(0, 0, full.widthPixels() / 2.0, full.heightPixels() / 2.0));
    assertThat(decoder.decode(large, shortSide / 2 + 1).image().rgb())
        .isEqualTo(full.image().rgb());
  }

  // ---- threads

  @Test
  void servesManyThreads() throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(8);
    try {
      List<String> names = ReferencePixels.pictures().keySet().stream().toList();
      List<Callable<Void>> tasks =
          IntStream.range(0, 4 * names.size())
              .<Callable<Void>>mapToObj(
                  i ->
                      () -> {
                        String name = names.get(i % names.size());
                        assertSamePixels(name, bytes(name));
                        return null;
                      })
              .toList();
      for (Future<Void> done : pool.invokeAll(tasks)) {
        done.get();
      }
    } finally {
      pool.shutdownNow();
    }
  }

  private Rejected reject(byte[] bytes) {
    return reject(decoder, bytes);
  }

  private static Rejected reject(ImageDecoder decoder, byte[] bytes) {
    try {
      DecodedImage decoded = decoder.decode(ByteBuffer.wrap(bytes));
      throw new AssertionError("decoded to " + decoded);
    } catch (RejectedImageException e) {
      return e.rejected();
    }
  }

  private void assertSamePixels(String name, byte[] bytes) {
    assertThat(decoder.decode(ByteBuffer.wrap(bytes)).image().rgb())
        .as(name)
        .isEqualTo(ReferencePixels.decoded().get(name).rgb());
  }

  private static int lastScan(byte[] jpeg) {
    for (int i = jpeg.length - 2; i >= 0; i--) {
      if (jpeg[i] == (byte) 0xFF && jpeg[i + 1] == (byte) 0xDA) {
        return i;
      }
    }
    throw new AssertionError("no scan");
  }

  private static byte[] bytes(String name) {
    return ReferencePixels.bytes(name);
  }

  private static byte[] joined(byte[] first, byte[] second) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(first);
    out.writeBytes(second);
    return out.toByteArray();
  }
}
