package dev.halcyon.app.topology;

import dev.halcyon.app.decision.Decision;
import dev.halcyon.app.decision.Flag;
import dev.halcyon.app.decision.LabelDecision;
import dev.halcyon.app.decision.LabelDecision.Standing;
import dev.halcyon.app.decision.LabelSetVersion;
import dev.halcyon.clip.Evidence;
import dev.halcyon.clip.ModelIdentity;
import dev.halcyon.clip.Rejected;
import dev.halcyon.clip.TextEvidence;
import dev.halcyon.events.AlertAction;
import dev.halcyon.events.AlertEvent;
import dev.halcyon.events.Embeddings;
import dev.halcyon.events.EvidenceEvent;
import dev.halcyon.events.Explanation;
import dev.halcyon.events.ImageUpload;
import dev.halcyon.events.LabelSetRef;
import dev.halcyon.events.ModelRef;
import dev.halcyon.events.RejectEvent;
import dev.halcyon.events.Tag;
import dev.halcyon.events.TagEvent;
import dev.halcyon.events.TextBox;
import dev.halcyon.events.state.PendingUpload;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** Evidence, decisions and rejects as the events that leave the program. Pure functions. */
final class EventMapper {
  private EventMapper() {}

  /** The one tag event of a decision. */
  static TagEvent tagEvent(
      PendingUpload pending, Evidence evidence, Decision decision, Instant decidedAt) {
    ImageUpload upload = pending.getUpload();
    return TagEvent.newBuilder()
        .setImageId(upload.getImageId())
        .setTags(tags(decision, Standing.FIRED))
        .setShadowTags(tags(decision, Standing.SHADOW))
        .setFlags(names(decision.flags()))
        .setAlertCount((int) decision.labels().stream().filter(LabelDecision::alerts).count())
        .setLabelSet(labelSet(decision.labelSet()))
        .setModel(model(evidence.model()))
        .setSource(pending.getSource())
        .setUploadedAt(upload.getUploadedAt())
        .setDecidedAt(decidedAt)
        .setSurface(upload.getSurface())
        .setLocale(upload.getLocale())
        .setAttributes(upload.getAttributes())
        .setEvidenceReused(evidence.reused())
        .setCorrective(false)
        .build();
  }

  /** The alert events of a decision, in the order of its labels. */
  static List<AlertEvent> alertEvents(
      PendingUpload pending, Evidence evidence, Decision decision, Instant decidedAt) {
    return decision.labels().stream()
        .filter(LabelDecision::alerts)
        .map(label -> alertEvent(pending, evidence, decision, label, decidedAt))
        .toList();
  }

  /** The evidence event of an analyzed upload. */
  static EvidenceEvent evidenceEvent(PendingUpload pending, Evidence evidence, Instant analyzedAt) {
    ImageUpload upload = pending.getUpload();
    Optional<TextEvidence> text = evidence.text();
    return EvidenceEvent.newBuilder()
        .setImageId(upload.getImageId())
        .setModel(model(evidence.model()))
        .setDimensions(evidence.model().dimensions())
        .setImageEmbedding(Embeddings.encode(evidence.embedding()))
        .setPartEmbeddings(evidence.parts().stream().map(Embeddings::encode).toList())
        .setMaskedEmbedding(embedding(text.flatMap(TextEvidence::masked)))
        .setTextOnlyEmbedding(embedding(text.flatMap(TextEvidence::textOnly)))
        .setControlEmbedding(embedding(text.flatMap(TextEvidence::control)))
        .setMirrorEmbedding(embedding(text.flatMap(TextEvidence::mirror)))
        .setTextBoxes(text.map(EventMapper::boxes).orElse(List.of()))
        .setTextAreaFraction(text.map(TextEvidence::areaFraction).orElse(0f))
        .setWidthPixels(evidence.widthPixels())
        .setHeightPixels(evidence.heightPixels())
        .setFormat(evidence.format())
        .setContentSha256(evidence.contentSha256())
        .setUri(upload.getUri())
        .setReused(evidence.reused())
        .setSource(pending.getSource())
        .setUploadedAt(upload.getUploadedAt())
        .setAnalyzedAt(analyzedAt)
        .setSurface(upload.getSurface())
        .setLocale(upload.getLocale())
        .setAttributes(upload.getAttributes())
        .build();
  }

  /** The reject event of an unusable upload. */
  static RejectEvent rejectEvent(PendingUpload pending, Rejected rejected, Instant rejectedAt) {
    ImageUpload upload = pending.getUpload();
    return RejectEvent.newBuilder()
        .setImageId(upload.getImageId())
        .setReason(rejected.reason().name())
        .setDetail(rejected.detail())
        .setSource(pending.getSource())
        .setUploadedAt(upload.getUploadedAt())
        .setRejectedAt(rejectedAt)
        .setUri(upload.getUri())
        .setContentType(upload.getContentType())
        .setSurface(upload.getSurface())
        .setAttributes(upload.getAttributes())
        .build();
  }

  private static AlertEvent alertEvent(
      PendingUpload pending,
      Evidence evidence,
      Decision decision,
      LabelDecision label,
      Instant decidedAt) {
    ImageUpload upload = pending.getUpload();
    return AlertEvent.newBuilder()
        .setImageId(upload.getImageId())
        .setLabel(label.label())
        .setDisplay(label.display().orElse(null))
        .setSeverity(label.severity())
        .setAction(label.blocks() ? AlertAction.BLOCK : AlertAction.REVIEW)
        .setScore(label.score())
        .setSimilarity(label.similarity())
        .setThreshold(label.threshold())
        .setFlags(names(label.flags()))
        .setExplanation(explanation(label))
        .setLabelSet(labelSet(decision.labelSet()))
        .setModel(model(evidence.model()))
        .setSource(pending.getSource())
        .setUploadedAt(upload.getUploadedAt())
        .setDecidedAt(decidedAt)
        .setSurface(upload.getSurface())
        .setLocale(upload.getLocale())
        .setAttributes(upload.getAttributes())
        .setEvidenceReused(evidence.reused())
        .setCorrective(false)
        .build();
  }

  private static List<Tag> tags(Decision decision, Standing standing) {
    return decision.labels().stream()
        .filter(label -> label.standing() == standing)
        .map(
            label ->
                new Tag(
                    label.label(),
                    label.display().orElse(null),
                    label.group(),
                    label.score(),
                    label.similarity(),
                    label.threshold()))
        .toList();
  }

  private static Explanation explanation(LabelDecision label) {
    LabelDecision.Explanation why = label.explanation();
    return Explanation.newBuilder()
        .setWinningPrompt(why.winningPrompt().orElse(null))
        .setWinningPromptSimilarity(boxed(why.winningPromptSimilarity()))
        .setStrongestBackgroundPrompt(why.strongestBackground().orElse(null))
        .setStrongestBackgroundSimilarity(boxed(why.strongestBackgroundSimilarity()))
        .setMargin(label.score() - label.threshold())
        .setScoreWithoutText(boxed(why.scoreWithoutText()))
        .setScoreOfTextOnly(boxed(why.scoreOfTextOnly()))
        .setSimilarityWithoutText(boxed(why.similarityWithoutText()))
        .setCounterfactualScore(boxed(why.counterfactualScore()))
        .setReadText(why.readText().orElse(null))
        .build();
  }

  private static List<TextBox> boxes(TextEvidence text) {
    return text.boxes().stream()
        .map(
            box ->
                new TextBox(
                    box.x1(),
                    box.y1(),
                    box.x2(),
                    box.y2(),
                    box.text().orElse(null),
                    box.confidence()))
        .toList();
  }

  private static ModelRef model(ModelIdentity model) {
    return new ModelRef(model.id(), model.hash(), model.preprocessingId());
  }

  private static LabelSetRef labelSet(LabelSetVersion version) {
    return new LabelSetRef(version.name(), version.version(), version.contentHash());
  }

  private static List<String> names(Collection<Flag> flags) {
    return flags.stream().sorted().map(Flag::name).toList();
  }

  private static ByteBuffer embedding(Optional<float[]> embedding) {
    return embedding.map(Embeddings::encode).orElse(null);
  }

  private static Double boxed(OptionalDouble value) {
    return value.isPresent() ? value.getAsDouble() : null;
  }
}
