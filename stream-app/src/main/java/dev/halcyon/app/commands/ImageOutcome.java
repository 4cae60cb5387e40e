package dev.halcyon.app.commands;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.halcyon.app.decision.Decision;
import dev.halcyon.app.decision.Flag;
import dev.halcyon.app.decision.LabelDecision;
import dev.halcyon.events.AlertEvent;
import dev.halcyon.events.RejectEvent;
import dev.halcyon.events.TagEvent;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * What became of one image, as commands print it: a line of JSON, or a row of a table.
 *
 * @param imageId identity of the image
 * @param file the file it came from
 * @param outcome tagged, alerted or rejected
 * @param tags labels that fired, highest score first
 * @param alerts labels with more than a tag, gravest first
 * @param reject why it was rejected, null otherwise
 * @param labelSet name of the set that decided, null where rejected
 * @param labelSetVersion its version, 0 where rejected
 * @param model id of the model, null where rejected
 * @param flags warnings about the decision
 * @param latencyMs milliseconds from upload to outcome
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
record ImageOutcome(
    String imageId,
    String file,
    String outcome,
    List<TagLine> tags,
    List<AlertLine> alerts,
    RejectLine reject,
    String labelSet,
    int labelSetVersion,
    String model,
    List<String> flags,
    long latencyMs) {

  static final String TAGGED = "tagged";
  static final String ALERTED = "alerted";
  static final String REJECTED = "rejected";

  private static final Comparator<AlertLine> GRAVEST_FIRST =
      Comparator.comparingInt(AlertLine::severity).thenComparingDouble(AlertLine::score).reversed();

  record TagLine(String label, double score) {}

  record AlertLine(String label, int severity, String action, double score) {}

  record RejectLine(String reason, String detail) {}

  static ImageOutcome decided(
      String file, TagEvent tagged, List<AlertEvent> alerts, long latencyMs) {
    return new ImageOutcome(
        tagged.getImageId(),
        file,
        alerts.isEmpty() ? TAGGED : ALERTED,
        tagged.getTags().stream().map(t -> new TagLine(t.getLabel(), round(t.getScore()))).toList(),
        alerts.stream()
            .map(
                a ->
                    new AlertLine(
                        a.getLabel(),
                        a.getSeverity(),
                        a.getAction().name().toLowerCase(Locale.ROOT),
                        round(a.getScore())))
            .sorted(GRAVEST_FIRST)
            .toList(),
        null,
        tagged.getLabelSet().getName(),
        tagged.getLabelSet().getVersion(),
        tagged.getModel().getId(),
        List.copyOf(tagged.getFlags()),
        latencyMs);
  }

  static ImageOutcome decided(
      String file, String imageId, String model, Decision decision, long latencyMs) {
    List<AlertLine> alerts =
        decision.labels().stream()
            .filter(LabelDecision::alerts)
            .map(
                label ->
                    new AlertLine(
                        label.label(),
                        label.severity(),
                        label.blocks() ? "block" : "review",
                        round(label.score())))
            .sorted(GRAVEST_FIRST)
            .toList();
    return new ImageOutcome(
        imageId,
        file,
        alerts.isEmpty() ? TAGGED : ALERTED,
        decision.labels().stream()
            .filter(label -> label.standing() == LabelDecision.Standing.FIRED)
            .map(label -> new TagLine(label.label(), round(label.score())))
            .toList(),
        alerts,
        null,
        decision.labelSet().name(),
        decision.labelSet().version(),
        model,
        decision.flags().stream().map(Flag::name).sorted().toList(),
        latencyMs);
  }

  static ImageOutcome rejected(String file, RejectEvent event, long latencyMs) {
    return rejected(file, event.getImageId(), event.getReason(), event.getDetail(), latencyMs);
  }

  static ImageOutcome rejected(
      String file, String imageId, String reason, String detail, long latencyMs) {
    return new ImageOutcome(
        imageId,
        file,
        REJECTED,
        List.of(),
        List.of(),
        new RejectLine(reason, detail),
        null,
        0,
        null,
        List.of(),
        latencyMs);
  }

  private static double round(double score) {
    return Math.round(score * 10_000) / 10_000.0;
  }
}
