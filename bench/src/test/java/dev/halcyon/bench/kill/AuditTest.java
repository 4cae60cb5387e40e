package dev.halcyon.bench.kill;

import static org.assertj.core.api.Assertions.assertThat;

import dev.halcyon.app.config.Guarantee;
import dev.halcyon.events.AlertAction;
import dev.halcyon.events.AlertEvent;
import dev.halcyon.events.EvidenceEvent;
import dev.halcyon.events.Explanation;
import dev.halcyon.events.LabelSetRef;
import dev.halcyon.events.ModelRef;
import dev.halcyon.events.RejectEvent;
import dev.halcyon.events.SourceRef;
import dev.halcyon.events.TagEvent;
import dev.halcyon.events.wire.EventClasses;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class AuditTest {
  private static final LabelSetRef LABEL_SET = new LabelSetRef("set", 1, "hash");
  private static final ModelRef MODEL = new ModelRef("model", "hash", "none");

  private final Audit audit = new Audit();

  static {
    EventClasses.trust();
  }

  @Test
  void aCleanRunIsClean() {
    decided(0, "a", 2);
    decided(1, "b", 0);
    decided(2, "a", 1);
    rejected(3);
    assertThat(audit.report(4, Guarantee.EXACTLY_ONCE_V2, 0))
        .isEqualTo(new AuditReport(4, 0, 0, 0, 0, 0));
  }

  @Test
  void anUploadWithoutAnOutcomeIsLost() {
    decided(0, "a", 0);
    decided(2, "a", 0);
    assertThat(audit.report(3, Guarantee.EXACTLY_ONCE_V2, 0))
        .isEqualTo(new AuditReport(2, 1, 0, 0, 0, 0));
  }

  @Test
  void aSecondOutcomeIsADuplicateWhateverItsKind() {
    decided(0, "a", 0);
    decided(0, "a", 0);
    decided(1, "b", 0);
    rejected(1);
    rejected(2);
    rejected(2);
    assertThat(audit.report(3, Guarantee.AT_LEAST_ONCE, 0))
        .isEqualTo(new AuditReport(3, 0, 3, 0, 0, 0));
  }

  @Test
  void aLaterUploadOfAKeyThatComesFirstIsReorderedAndOfAnotherKeyIsNot() {
    decided(5, "a", 0);
    decided(4, "b", 0);
    decided(3, "a", 0);
    decided(7, "a", 0);
    decided(6, "a", 0);
    assertThat(audit.report(5, Guarantee.EXACTLY_ONCE_V2, 0).reordered()).isEqualTo(2);
  }

  @Test
  void alertsAndEvidenceMustFitTheirTagEvent() {
    audit.tags(tags(0, "a", 1));
    audit.evidence(evidence(0));
    decided(1, "b", 0);
    audit.alert(alert(1, 0));
    audit.tags(tags(2, "c", 0));
    audit.alert(alert(3, 0));
    assertThat(audit.report(4, Guarantee.EXACTLY_ONCE_V2, 0).disagreeing()).isEqualTo(4);
  }

  @Test
  void atLeastOnceAnAlertMayBeRepeatedButNotMissing() {
    decided(0, "a", 2);
    audit.alert(alert(0, 1));
    audit.evidence(evidence(0));
    decided(1, "b", 1);
    audit.tags(tags(2, "c", 1));
    audit.evidence(evidence(2));
    assertThat(audit.report(3, Guarantee.AT_LEAST_ONCE, 0).disagreeing()).isEqualTo(1);
    assertThat(audit.report(3, Guarantee.EXACTLY_ONCE_V2, 0).disagreeing()).isEqualTo(2);
  }

  private void decided(long offset, String key, int alerts) {
    audit.tags(tags(offset, key, alerts));
    audit.evidence(evidence(offset));
    for (int i = 0; i < alerts; i++) {
      audit.alert(alert(offset, i));
    }
  }

  private void rejected(long offset) {
    audit.reject(
        RejectEvent.newBuilder()
            .setImageId("id")
            .setReason("UNREADABLE")
            .setDetail("detail")
            .setSource(place(offset))
            .setUploadedAt(Instant.EPOCH)
            .setRejectedAt(Instant.EPOCH)
            .build());
  }

  private static SourceRef place(long offset) {
    return new SourceRef("uploads", 0, offset);
  }

  private static TagEvent tags(long offset, String key, int alerts) {
    return TagEvent.newBuilder()
        .setImageId(key)
        .setTags(List.of())
        .setAlertCount(alerts)
        .setLabelSet(LABEL_SET)
        .setModel(MODEL)
        .setSource(place(offset))
        .setUploadedAt(Instant.EPOCH)
        .setDecidedAt(Instant.EPOCH)
        .build();
  }

  private static AlertEvent alert(long offset, int label) {
    return AlertEvent.newBuilder()
        .setImageId("id")
        .setLabel("label-" + label)
        .setSeverity(4)
        .setAction(AlertAction.BLOCK)
        .setScore(1)
        .setSimilarity(25)
        .setThreshold(0.5)
        .setExplanation(Explanation.newBuilder().setMargin(0.5).build())
        .setLabelSet(LABEL_SET)
        .setModel(MODEL)
        .setSource(place(offset))
        .setUploadedAt(Instant.EPOCH)
        .setDecidedAt(Instant.EPOCH)
        .build();
  }

  private static EvidenceEvent evidence(long offset) {
    return EvidenceEvent.newBuilder()
        .setImageId("id")
        .setModel(MODEL)
        .setDimensions(0)
        .setImageEmbedding(ByteBuffer.allocate(0))
        .setWidthPixels(1)
        .setHeightPixels(1)
        .setFormat("jpeg")
        .setContentSha256("hash")
        .setSource(place(offset))
        .setUploadedAt(Instant.EPOCH)
        .setAnalyzedAt(Instant.EPOCH)
        .build();
  }
}
