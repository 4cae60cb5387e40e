package dev.halcyon.app.labels;

import dev.halcyon.events.LabelSetRecord;
import dev.halcyon.labels.LabelSetReader;
import dev.halcyon.labels.ReadResult;
import java.time.Instant;
import java.util.Optional;

/**
 * One version of a label set as it was published.
 *
 * @param name name of the set
 * @param version rising from 1
 * @param contentHash SHA-256 in hex of the document
 * @param document the set as canonical JSON
 * @param author who applied it
 * @param reason why it was applied
 * @param basedOnVersion the version it was made from; empty for the first
 * @param publishedAt when it was applied
 * @param waiver who lets a set calibrated for another model come into force, why and until when
 * @param gateWaiver who let the change pass the publish gate
 */
public record StoredVersion(
    String name,
    int version,
    String contentHash,
    String document,
    String author,
    String reason,
    Optional<Integer> basedOnVersion,
    Instant publishedAt,
    Optional<String> waiver,
    Optional<GateWaiver> gateWaiver) {

  static StoredVersion of(LabelSetRecord record) {
    return new StoredVersion(
        record.getName(),
        record.getVersion(),
        record.getContentHash(),
        record.getDocument(),
        record.getAuthor(),
        record.getReason(),
        Optional.ofNullable(record.getBasedOnVersion()),
        record.getPublishedAt(),
        Optional.ofNullable(record.getWaiver()),
        Optional.ofNullable(record.getGateWaiver()).map(GateWaiver::of));
  }

  LabelSetRecord toRecord() {
    return LabelSetRecord.newBuilder()
        .setName(name)
        .setVersion(version)
        .setContentHash(contentHash)
        .setDocument(document)
        .setAuthor(author)
        .setReason(reason)
        .setBasedOnVersion(basedOnVersion.orElse(null))
        .setPublishedAt(publishedAt)
        .setWaiver(waiver.orElse(null))
        .setGateWaiver(gateWaiver.map(GateWaiver::toEvent).orElse(null))
        .build();
  }

  /** The set itself, or what is wrong with the document. */
  public ReadResult read() {
    return LabelSetReader.read(document);
  }
}
