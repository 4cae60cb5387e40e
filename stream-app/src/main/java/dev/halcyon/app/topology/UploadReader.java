package dev.halcyon.app.topology;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.halcyon.clip.RejectReason;
import dev.halcyon.clip.Rejected;
import dev.halcyon.events.ImageUpload;
import dev.halcyon.events.SourceRef;
import dev.halcyon.events.state.PendingUpload;
import dev.halcyon.events.wire.Decoded;
import dev.halcyon.events.wire.EventDecoder;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * A record of the upload topic to an upload the window can hold. Nothing a producer writes makes
 * this throw: what cannot be used becomes an upload that carries its own reject, so that it takes
 * its turn like any other.
 *
 * <p>Fields are bounded, because they are copied into every event about the image: an upload that
 * fits its topic must not make an event that does not fit another.
 */
final class UploadReader {
  private static final int MOST_ID_CHARS = 512;
  private static final int MOST_FIELD_CHARS = 256;
  private static final int MOST_URI_CHARS = 8_192;
  private static final int MOST_ATTRIBUTES = 64;
  private static final int MOST_ATTRIBUTE_CHARS = 16_384;

  private final EventDecoder<ImageUpload> decoder;

  UploadReader(EventDecoder<ImageUpload> decoder) {
    this.decoder = decoder;
  }

  /**
   * What a record holds.
   *
   * @param pending the upload without its bytes
   * @param inline the image, where the upload carries it
   */
  record Read(PendingUpload pending, Optional<ByteBuffer> inline) {}

  /**
   * Reads a record.
   *
   * @throws org.apache.kafka.common.KafkaException where the registry does not answer: that says
   *     nothing about the record, and stops the stream
   * @param key the record's key, may be null
   * @param value the record's value, may be null
   * @param recordTime the record's own time, stands in for an upload time that cannot be read
   */
  Read read(SourceRef source, byte[] key, byte[] value, Instant recordTime) {
    Decoded<ImageUpload> decoded = decoder.decode(source.getTopic(), value);
    if (decoded instanceof Decoded.Undecodable<ImageUpload> undecodable) {
      return unusable(
          source,
          key,
          recordTime,
          new Rejected(
              RejectReason.UNDECODABLE,
              shorten("the record is no upload event: " + undecodable.reason())));
    }
    ImageUpload upload = ((Decoded.Value<ImageUpload>) decoded).value();
    Optional<Rejected> fault = fault(upload);
    if (fault.isPresent()) {
      return unusable(source, key, recordTime, fault.get());
    }
    ByteBuffer bytes = upload.getBytes();
    upload.setBytes(null);
    PendingUpload pending =
        new PendingUpload(upload, source, bytes == null ? 0 : bytes.remaining(), null, null);
    if (bytes == null && upload.getUri() == null) {
      return reject(pending, "it has neither bytes nor a uri; set one of them");
    }
    if (bytes != null && upload.getUri() != null) {
      return reject(pending, "it has both bytes and a uri; set one of them");
    }
    if (bytes != null && !bytes.hasRemaining()) {
      setReject(pending, new Rejected(RejectReason.EMPTY, "the image has no bytes"));
      return new Read(pending, Optional.empty());
    }
    if (upload.getUri() != null && !isAbsolute(upload.getUri())) {
      return reject(pending, "its uri is no absolute URI such as https://host/picture.jpg");
    }
    return new Read(pending, Optional.ofNullable(bytes));
  }

  /**
   * The image of an upload that is read a second time.
   *
   * @param value the record now at the upload's place
   * @return nothing where another record stands there
   */
  Optional<ByteBuffer> inlineImage(PendingUpload pending, byte[] value) {
    Decoded<ImageUpload> decoded = decoder.decode(pending.getSource().getTopic(), value);
    if (!(decoded instanceof Decoded.Value<ImageUpload> read)) {
      return Optional.empty();
    }
    ByteBuffer bytes = read.value().getBytes();
    boolean same =
        bytes != null
            && bytes.remaining() == pending.getInlineBytes()
            && read.value().getImageId().equals(pending.getUpload().getImageId());
    return same ? Optional.of(bytes) : Optional.empty();
  }

  private static Read reject(PendingUpload pending, String fault) {
    setReject(pending, invalid(fault));
    return new Read(pending, Optional.empty());
  }

  private static void setReject(PendingUpload pending, Rejected rejected) {
    pending.setInlineBytes(0);
    pending.setRejectReason(rejected.reason().name());
    pending.setRejectDetail(rejected.detail());
  }

  private static Rejected invalid(String fault) {
    return new Rejected(RejectReason.INVALID_UPLOAD, "the upload cannot be used: " + fault);
  }

  /** An upload of which only the place, and perhaps the key, is to be trusted. */
  private static Read unusable(SourceRef source, byte[] key, Instant time, Rejected rejected) {
    String name = key == null ? "" : new String(key, UTF_8);
    String id =
        name.isBlank() || name.length() > MOST_ID_CHARS
            ? source.getTopic() + "-" + source.getPartition() + "-" + source.getOffset()
            : name;
    ImageUpload nothing = new ImageUpload(id, null, null, null, time, null, null, null, Map.of());
    return new Read(
        new PendingUpload(nothing, source, 0, rejected.reason().name(), rejected.detail()),
        Optional.empty());
  }

  private static Optional<Rejected> fault(ImageUpload upload) {
    String fault = null;
    if (upload.getImageId().isBlank()) {
      fault = "its imageId is empty";
    } else if (upload.getImageId().length() > MOST_ID_CHARS) {
      fault = tooLong("imageId", upload.getImageId().length(), MOST_ID_CHARS);
    } else if (length(upload.getUri()) > MOST_URI_CHARS) {
      fault = tooLong("uri", length(upload.getUri()), MOST_URI_CHARS);
    } else if (length(upload.getContentType()) > MOST_FIELD_CHARS) {
      fault = tooLong("contentType", length(upload.getContentType()), MOST_FIELD_CHARS);
    } else if (length(upload.getUploader()) > MOST_FIELD_CHARS) {
      fault = tooLong("uploader", length(upload.getUploader()), MOST_FIELD_CHARS);
    } else if (length(upload.getSurface()) > MOST_FIELD_CHARS) {
      fault = tooLong("surface", length(upload.getSurface()), MOST_FIELD_CHARS);
    } else if (length(upload.getLocale()) > MOST_FIELD_CHARS) {
      fault = tooLong("locale", length(upload.getLocale()), MOST_FIELD_CHARS);
    } else if (upload.getAttributes().size() > MOST_ATTRIBUTES) {
      fault = "it has " + upload.getAttributes().size() + " attributes, over " + MOST_ATTRIBUTES;
    } else {
      long chars =
          upload.getAttributes().entrySet().stream()
              .mapToLong(entry -> (long) entry.getKey().length() + entry.getValue().length())
              .sum();
      if (chars > MOST_ATTRIBUTE_CHARS) {
        fault = tooLong("attributes", chars, MOST_ATTRIBUTE_CHARS);
      }
    }
    return Optional.ofNullable(fault).map(UploadReader::invalid);
  }

  private static String tooLong(String field, long chars, int most) {
    return "its " + field + " has " + chars + " characters, over " + most;
  }

  private static int length(String value) {
    return value == null ? 0 : value.length();
  }

  private static boolean isAbsolute(String uri) {
    try {
      return new URI(uri).isAbsolute();
    } catch (URISyntaxException e) {
      return false;
    }
  }

  private static String shorten(String detail) {
    return detail.length() <= 2 * MOST_FIELD_CHARS
        ? detail
        : detail.substring(0, 2 * MOST_FIELD_CHARS) + "...";
  }
}
