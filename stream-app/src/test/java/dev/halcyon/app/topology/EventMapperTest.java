package dev.halcyon.app.topology;

import static org.assertj.core.api.Assertions.assertThat;

import dev.halcyon.clip.Evidence;
import dev.halcyon.clip.TextBox;
import dev.halcyon.clip.TextEvidence;
import dev.halcyon.events.Embeddings;
import dev.halcyon.events.EvidenceEvent;
import dev.halcyon.events.ImageUpload;
import dev.halcyon.events.SourceRef;
import dev.halcyon.events.state.PendingUpload;
import dev.halcyon.events.wire.EventClasses;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What the stream's own test does not look at: evidence of written text. */
class EventMapperTest {
  static {
    EventClasses.trust();
  }

  @Test
  void textEvidenceIsCarriedWhole() {
    Evidence evidence =
        new Evidence(
            ScriptedAnalyzer.MODEL,
            new float[] {0.6f, 0.8f},
            Optional.of(
                new TextEvidence(
                    List.of(
                        new TextBox(0.1f, 0.2f, 0.3f, 0.4f, Optional.of("iPod"), 0.9f),
                        new TextBox(0.5f, 0.6f, 0.7f, 0.8f, Optional.empty(), 0.5f)),
                    0.25f,
                    Optional.of(new float[] {1, 0}),
                    Optional.of(new float[] {0, 1}),
                    Optional.of(new float[] {-1, 0}),
                    Optional.empty())),
            800,
            600,
            "png",
            "sha",
            true);
    Instant at = Instant.ofEpochMilli(5_000);
    EvidenceEvent event = EventMapper.evidenceEvent(pending(), evidence, at);

    assertThat(event.getDimensions()).isEqualTo(2);
    assertThat(Embeddings.decode(event.getImageEmbedding(), 2)[1]).isEqualTo(0.8f, within());
    assertThat(Embeddings.decode(event.getMaskedEmbedding(), 2)).containsExactly(1, 0);
    assertThat(Embeddings.decode(event.getTextOnlyEmbedding(), 2)).containsExactly(0, 1);
    assertThat(Embeddings.decode(event.getControlEmbedding(), 2)).containsExactly(-1, 0);
    assertThat(event.getMirrorEmbedding()).isNull();
    assertThat(event.getTextAreaFraction()).isEqualTo(0.25);
    assertThat(event.getTextBoxes()).hasSize(2);
    assertThat(event.getTextBoxes().get(0).getText()).isEqualTo("iPod");
    assertThat(event.getTextBoxes().get(1).getText()).isNull();
    assertThat(event.getTextBoxes().get(1).getX2()).isEqualTo(0.7f);
    assertThat(event.getReused()).isTrue();
    assertThat(event.getAnalyzedAt()).isEqualTo(at);
    assertThat(event.getUri()).isEqualTo("https://host/1.png");
    assertThat(event.getSource()).isEqualTo(pending().getSource());
  }

  @Test
  void aDecisionWithoutEvidenceOfTextHasNoneInItsEvent() {
    EvidenceEvent event =
        EventMapper.evidenceEvent(pending(), ScriptedAnalyzer.evidence("x"), Instant.EPOCH);
    assertThat(event.getMaskedEmbedding()).isNull();
    assertThat(event.getTextBoxes()).isEmpty();
    assertThat(event.getTextAreaFraction()).isZero();
  }

  private static PendingUpload pending() {
    return new PendingUpload(
        new ImageUpload(
            "id", null, "https://host/1.png", null, Instant.EPOCH, null, null, null, Map.of()),
        new SourceRef("uploads", 3, 17L),
        0,
        null,
        null);
  }

  private static org.assertj.core.data.Offset<Float> within() {
    return org.assertj.core.data.Offset.offset(1e-3f);
  }
}
