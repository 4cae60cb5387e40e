package dev.halcyon.app.topology;

import dev.halcyon.clip.Evidence;
import dev.halcyon.clip.ModelIdentity;
import dev.halcyon.clip.TextBox;
import dev.halcyon.clip.TextEvidence;
import dev.halcyon.events.Embeddings;
import dev.halcyon.events.EvidenceEvent;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/**
 * Evidence as the evidence topic keeps it: embeddings rounded to half floats. Live decisions are
 * made on the same rounded values, so that history decided again by the same label set gives the
 * same decisions to the last bit. Pure functions.
 */
public final class KeptEvidence {
  private KeptEvidence() {}

  /** Evidence as it will be read back: rounding it once more changes nothing. */
  static Evidence asKept(Evidence evidence) {
    return new Evidence(
        evidence.model(),
        rounded(evidence.embedding()),
        evidence
            .text()
            .map(
                text ->
                    new TextEvidence(
                        text.boxes(),
                        text.areaFraction(),
                        text.masked().map(KeptEvidence::rounded),
                        text.textOnly().map(KeptEvidence::rounded),
                        text.control().map(KeptEvidence::rounded),
                        text.mirror().map(KeptEvidence::rounded))),
        evidence.widthPixels(),
        evidence.heightPixels(),
        evidence.format(),
        evidence.contentSha256(),
        evidence.reused());
  }

  /**
   * Evidence read back. Whether anybody looked for written text is known by what was found: boxes,
   * or the mirror image where there were none.
   *
   * @param model the model the event names; the caller has compared them
   * @throws IllegalArgumentException if an embedding does not have the model's length
   */
  public static Evidence of(EvidenceEvent event, ModelIdentity model) {
    boolean looked = !event.getTextBoxes().isEmpty() || event.getMirrorEmbedding() != null;
    return new Evidence(
        model,
        Embeddings.decode(event.getImageEmbedding(), model.dimensions()),
        looked ? Optional.of(text(event, model)) : Optional.empty(),
        event.getWidthPixels(),
        event.getHeightPixels(),
        event.getFormat(),
        event.getContentSha256(),
        event.getReused());
  }

  private static TextEvidence text(EvidenceEvent event, ModelIdentity model) {
    List<TextBox> boxes =
        event.getTextBoxes().stream()
            .map(
                box ->
                    new TextBox(
                        box.getX1(),
                        box.getY1(),
                        box.getX2(),
                        box.getY2(),
                        Optional.ofNullable(box.getText()),
                        box.getConfidence()))
            .toList();
    return new TextEvidence(
        boxes,
        (float) event.getTextAreaFraction(),
        decoded(event.getMaskedEmbedding(), model),
        decoded(event.getTextOnlyEmbedding(), model),
        decoded(event.getControlEmbedding(), model),
        decoded(event.getMirrorEmbedding(), model));
  }

  private static Optional<float[]> decoded(ByteBuffer embedding, ModelIdentity model) {
    return Optional.ofNullable(embedding)
        .map(bytes -> Embeddings.decode(bytes, model.dimensions()));
  }

  private static float[] rounded(float[] embedding) {
    return Embeddings.decode(Embeddings.encode(embedding), embedding.length);
  }
}
