package dev.halcyon.app.history;

import dev.halcyon.app.report.Pictures;
import dev.halcyon.app.topology.UploadSource;
import dev.halcyon.clip.RejectedImageException;
import dev.halcyon.clip.decode.DecodeLimits;
import dev.halcyon.clip.decode.ImageDecoder;
import dev.halcyon.clip.decode.RgbImage;
import dev.halcyon.clip.fetch.FetchSettings;
import dev.halcyon.clip.fetch.ImageFetcher;
import dev.halcyon.events.ImageUpload;
import dev.halcyon.events.wire.Decoded;
import dev.halcyon.events.wire.EventDecoder;
import java.awt.image.BufferedImage;
import java.net.URI;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Small pictures of past images, where they can still be had: from the upload, or from their
 * address under the same guards as live fetching. A picture whose bytes are not those that were
 * decided is never shown in their place. Safe for use by any thread.
 */
public final class Thumbnails implements AutoCloseable {
  private static final int LONGEST_PIXELS = 320;

  private final UploadSource uploads;
  private final EventDecoder<ImageUpload> decoder;
  private final ImageFetcher fetcher;
  private final ImageDecoder images;

  /**
   * A picture, or why there is none.
   *
   * @param dataUri the picture
   * @param gone why there is none, empty where there is
   */
  public record Thumbnail(Optional<String> dataUri, String gone) {
    private static Thumbnail none(String why) {
      return new Thumbnail(Optional.empty(), why);
    }
  }

  /**
   * A maker of thumbnails, which closes what reads uploads.
   *
   * @param uploads reads uploads a second time
   * @param fetch what may be fetched
   */
  public Thumbnails(
      UploadSource uploads,
      EventDecoder<ImageUpload> decoder,
      FetchSettings fetch,
      DecodeLimits limits) {
    this.uploads = uploads;
    this.decoder = decoder;
    this.fetcher = new ImageFetcher(fetch);
    this.images = new ImageDecoder(limits);
  }

  /** Starts to make one; never completes exceptionally. */
  public CompletableFuture<Thumbnail> of(Move move) {
    Move.Place place = move.place();
    CompletableFuture<Optional<ByteBuffer>> bytes =
        place.uri().isPresent()
            ? fetched(place.uri().get())
            : uploads
                .read(place.source())
                .thenApply(record -> inline(place.source().getTopic(), record));
    return bytes
        .thenApply(
            found ->
                found
                    .map(encoded -> thumbnail(encoded, place.contentSha256()))
                    .orElseGet(() -> Thumbnail.none("the upload topic no longer has the picture")))
        .exceptionally(failure -> Thumbnail.none(reason(failure)));
  }

  @Override
  public void close() {
    fetcher.close();
    uploads.close();
  }

  private CompletableFuture<Optional<ByteBuffer>> fetched(String uri) {
    try {
      return fetcher.fetch(new URI(uri)).thenApply(Optional::of);
    } catch (java.net.URISyntaxException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private Optional<ByteBuffer> inline(String topic, Optional<byte[]> record) {
    return record
        .map(value -> decoder.decode(topic, value))
        .flatMap(
            decoded ->
                decoded instanceof Decoded.Value<ImageUpload> upload
                    ? Optional.ofNullable(upload.value().getBytes())
                    : Optional.empty());
  }

  private Thumbnail thumbnail(ByteBuffer encoded, String contentSha256) {
    if (!sha256(encoded).equals(contentSha256)) {
      return Thumbnail.none("what is there now is another picture than the one decided");
    }
    RgbImage rgb = images.decode(encoded, LONGEST_PIXELS).image();
    BufferedImage picture =
        new BufferedImage(rgb.width(), rgb.height(), BufferedImage.TYPE_INT_RGB);
    byte[] values = rgb.rgb();
    int[] row = new int[rgb.width()];
    for (int y = 0, at = 0; y < rgb.height(); y++) {
      for (int x = 0; x < row.length; x++, at += 3) {
        row[x] =
            ((values[at] & 0xff) << 16) | ((values[at + 1] & 0xff) << 8) | (values[at + 2] & 0xff);
      }
      picture.setRGB(0, y, row.length, 1, row, 0, row.length);
    }
    return new Thumbnail(Optional.of(Pictures.thumbnail(picture, LONGEST_PIXELS)), "");
  }

  private static String reason(Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    return cause instanceof RejectedImageException rejected
        ? rejected.rejected().reason() + ": " + rejected.getMessage()
        : "the picture cannot be had: " + cause.getMessage();
  }

  private static String sha256(ByteBuffer bytes) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(bytes.duplicate());
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime has SHA-256", e);
    }
  }
}
