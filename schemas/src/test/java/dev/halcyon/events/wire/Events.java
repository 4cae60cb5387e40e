package dev.halcyon.events.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.halcyon.events.ImageUpload;
import dev.halcyon.events.LabelSetRef;
import dev.halcyon.events.ModelRef;
import dev.halcyon.events.RejectEvent;
import dev.halcyon.events.SourceRef;
import dev.halcyon.events.Tag;
import dev.halcyon.events.TagEvent;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Events for tests. */
final class Events {
  static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

  private Events() {}

  static ImageUpload upload() {
    return ImageUpload.newBuilder()
        .setImageId("img-1")
        .setBytes(ByteBuffer.wrap("not really a picture".getBytes(UTF_8)))
        .setContentType("image/jpeg")
        .setUploadedAt(NOON)
        .setLocale("de-CH")
        .setAttributes(Map.of("album", "Ferien ☀"))
        .build();
  }

  static RejectEvent reject() {
    return RejectEvent.newBuilder()
        .setImageId("img-1")
        .setReason("UNREADABLE")
        .setDetail("the JPEG ends after 12 of 48 rows")
        .setSource(source())
        .setUploadedAt(NOON)
        .setRejectedAt(NOON)
        .build();
  }

  static TagEvent tags() {
    return TagEvent.newBuilder()
        .setImageId("img-1")
        .setTags(List.of(new Tag("cat", "Cat", "animals", 0.97, 27.5, 0.5)))
        .setAlertCount(0)
        .setLabelSet(new LabelSetRef("default", 3, "ab".repeat(32)))
        .setModel(new ModelRef("starter", "cd".repeat(32), "clip-224"))
        .setSource(source())
        .setUploadedAt(NOON)
        .setDecidedAt(NOON.plusMillis(42))
        .build();
  }

  static SourceRef source() {
    return new SourceRef("image-uploads", 2, 4711L);
  }
}
