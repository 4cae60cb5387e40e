package dev.halcyon.app.topology;

import dev.halcyon.app.decision.Decision;
import dev.halcyon.app.decision.LabelDecision;
import dev.halcyon.app.decision.LabelSetDecider;
import dev.halcyon.clip.Evidence;
import dev.halcyon.events.AlertAction;
import dev.halcyon.events.AlertEvent;
import dev.halcyon.events.EvidenceEvent;
import dev.halcyon.events.Explanation;
import dev.halcyon.events.ImageUpload;
import dev.halcyon.events.LabelSetRef;
import dev.halcyon.events.ModelRef;
import dev.halcyon.events.TagEvent;
import dev.halcyon.events.state.PendingUpload;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Past decisions put right, as events: those of live traffic, marked, with the label set that had
 * decided and the reason. Pure functions.
 */
public final class CorrectiveEvents {
  private CorrectiveEvents() {}

  /**
   * What every event of a correction carries.
   *
   * @param of the label set that had decided
   * @param reason why history was decided again
   * @param at when
   */
  public record Correction(LabelSetRef of, String reason, Instant at) {}

  /** The tag event, which takes the place of the earlier one. */
  public static TagEvent tagEvent(
      EvidenceEvent past,
      Evidence evidence,
      Decision decision,
      Correction correction,
      int alertEvents) {
    TagEvent event = EventMapper.tagEvent(upload(past), evidence, decision, correction.at());
    event.setAlertCount(alertEvents);
    event.setCorrective(true);
    event.setCorrectionOf(correction.of());
    event.setCorrectionReason(correction.reason());
    return event;
  }

  /** The alert events of a decision, one for each label that alerts. */
  public static List<AlertEvent> alertEvents(
      EvidenceEvent past, Evidence evidence, Decision decision, Correction correction) {
    List<AlertEvent> events =
        EventMapper.alertEvents(upload(past), evidence, decision, correction.at());
    events.forEach(event -> mark(event, correction));
    return events;
  }

  /**
   * The event that lifts a label's earlier alert.
   *
   * @param severity of the alert that is lifted
   * @param weight what the label scores now, empty where its set no longer has it
   */
  public static AlertEvent release(
      EvidenceEvent past,
      Decision decision,
      String label,
      int severity,
      Optional<LabelSetDecider.Weight> weight,
      Correction correction) {
    double score = weight.map(LabelSetDecider.Weight::score).orElse(0.0);
    double threshold = weight.map(LabelSetDecider.Weight::threshold).orElse(0.0);
    AlertEvent event =
        AlertEvent.newBuilder()
            .setImageId(past.getImageId())
            .setLabel(label)
            .setSeverity(severity)
            .setAction(AlertAction.RELEASE)
            .setScore(score)
            .setSimilarity(weight.map(LabelSetDecider.Weight::similarity).orElse(0.0))
            .setThreshold(threshold)
            .setExplanation(Explanation.newBuilder().setMargin(score - threshold).build())
            .setLabelSet(
                new LabelSetRef(
                    decision.labelSet().name(),
                    decision.labelSet().version(),
                    decision.labelSet().contentHash()))
            .setModel(ModelRef.newBuilder(past.getModel()).build())
            .setSource(past.getSource())
            .setUploadedAt(past.getUploadedAt())
            .setDecidedAt(correction.at())
            .setSurface(past.getSurface())
            .setLocale(past.getLocale())
            .setAttributes(past.getAttributes())
            .build();
    mark(event, correction);
    return event;
  }

  /** The action of a label's alert, as its event gives it. */
  public static AlertAction action(LabelDecision label) {
    return label.blocks() ? AlertAction.BLOCK : AlertAction.REVIEW;
  }

  private static void mark(AlertEvent event, Correction correction) {
    event.setCorrective(true);
    event.setCorrectionOf(correction.of());
    event.setCorrectionReason(correction.reason());
  }

  private static PendingUpload upload(EvidenceEvent past) {
    ImageUpload upload =
        ImageUpload.newBuilder()
            .setImageId(past.getImageId())
            .setUri(past.getUri())
            .setUploadedAt(past.getUploadedAt())
            .setSurface(past.getSurface())
            .setLocale(past.getLocale())
            .setAttributes(past.getAttributes())
            .build();
    return new PendingUpload(upload, past.getSource(), 0, null, null);
  }
}
