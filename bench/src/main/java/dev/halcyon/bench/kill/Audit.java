package dev.halcyon.bench.kill;

import dev.halcyon.app.config.Guarantee;
import dev.halcyon.events.AlertEvent;
import dev.halcyon.events.EvidenceEvent;
import dev.halcyon.events.RejectEvent;
import dev.halcyon.events.SourceRef;
import dev.halcyon.events.TagEvent;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Takes in committed events and knows each upload's. Used by one thread. */
final class Audit {
  private final Map<Place, Seen> seen = new HashMap<>();
  private final Map<String, Long> lastOffset = new HashMap<>();
  private int distinct;
  private int reordered;

  private record Place(int partition, long offset) {
    private static Place of(SourceRef source) {
      return new Place(source.getPartition(), source.getOffset());
    }
  }

  private static final class Seen {
    private int tags;
    private int rejects;
    private int alerts;
    private int evidence;
    private int alertsPromised;
    private final Set<String> labels = new HashSet<>(2);
  }

  /** Uploads with an outcome so far. */
  int distinct() {
    return distinct;
  }

  void tags(TagEvent event) {
    Seen upload = at(event.getSource());
    outcome(upload);
    upload.tags++;
    upload.alertsPromised = event.getAlertCount();
    long offset = event.getSource().getOffset();
    // A key's uploads share a partition, so their offsets compare.
    Long last = lastOffset.merge(event.getImageId(), offset, Math::max);
    if (last > offset) {
      reordered++;
    }
  }

  void reject(RejectEvent event) {
    Seen upload = at(event.getSource());
    outcome(upload);
    upload.rejects++;
  }

  void alert(AlertEvent event) {
    Seen upload = at(event.getSource());
    upload.alerts++;
    upload.labels.add(event.getLabel());
  }

  void evidence(EvidenceEvent event) {
    at(event.getSource()).evidence++;
  }

  /**
   * Sums up, once everything has been taken in.
   *
   * @param uploads how many there were
   * @param unfinished partitions with an open transaction
   */
  AuditReport report(int uploads, Guarantee guarantee, int unfinished) {
    int duplicated = 0;
    int disagreeing = 0;
    for (Seen upload : seen.values()) {
      int outcomes = upload.tags + upload.rejects;
      duplicated += Math.max(0, outcomes - 1);
      boolean agrees =
          guarantee == Guarantee.EXACTLY_ONCE_V2
              ? upload.alerts == upload.tags * upload.alertsPromised
                  && upload.evidence == upload.tags
              : upload.labels.size() == upload.alertsPromised
                  && (upload.tags == 0) == (upload.evidence == 0);
      if (!agrees) {
        disagreeing++;
      }
    }
    return new AuditReport(
        distinct, uploads - distinct, duplicated, reordered, disagreeing, unfinished);
  }

  private Seen at(SourceRef source) {
    return seen.computeIfAbsent(Place.of(source), place -> new Seen());
  }

  private void outcome(Seen upload) {
    if (upload.tags + upload.rejects == 0) {
      distinct++;
    }
  }
}
