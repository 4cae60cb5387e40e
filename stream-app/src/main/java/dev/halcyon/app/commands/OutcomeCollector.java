package dev.halcyon.app.commands;

import dev.halcyon.events.AlertEvent;
import dev.halcyon.events.RejectEvent;
import dev.halcyon.events.TagEvent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Joins the tag event of an image with its alert events, which come on topics of their own and in
 * any order. Used by one thread.
 */
final class OutcomeCollector {
  private final Function<String, String> fileOf;
  private final Map<String, TagEvent> tagged = new HashMap<>();
  private final Map<String, List<AlertEvent>> alerts = new HashMap<>();

  /**
   * A collector of images not seen so far.
   *
   * @param fileOf image id to the file it came from
   */
  OutcomeCollector(Function<String, String> fileOf) {
    this.fileOf = fileOf;
  }

  /** Takes a tag event; the outcome, if nothing is missing any more. */
  Optional<ImageOutcome> add(TagEvent event, long nowMillis) {
    tagged.put(event.getImageId(), event);
    return complete(event.getImageId(), nowMillis);
  }

  /** Takes an alert event; the outcome, if nothing is missing any more. */
  Optional<ImageOutcome> add(AlertEvent event, long nowMillis) {
    alerts.computeIfAbsent(event.getImageId(), id -> new ArrayList<>()).add(event);
    return complete(event.getImageId(), nowMillis);
  }

  /** Takes a reject event, which is the whole outcome. */
  ImageOutcome add(RejectEvent event, long nowMillis) {
    return ImageOutcome.rejected(
        fileOf.apply(event.getImageId()), event, nowMillis - event.getUploadedAt().toEpochMilli());
  }

  private Optional<ImageOutcome> complete(String imageId, long nowMillis) {
    TagEvent tag = tagged.get(imageId);
    List<AlertEvent> raised = alerts.getOrDefault(imageId, List.of());
    if (tag == null || raised.size() < tag.getAlertCount()) {
      return Optional.empty();
    }
    tagged.remove(imageId);
    alerts.remove(imageId);
    return Optional.of(
        ImageOutcome.decided(
            fileOf.apply(imageId), tag, raised, nowMillis - tag.getUploadedAt().toEpochMilli()));
  }
}
