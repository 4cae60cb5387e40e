package dev.halcyon.clip;

import static org.assertj.core.api.Assertions.assertThat;

import dev.halcyon.clip.EngineObserver.TextFinding;
import dev.halcyon.clip.reference.Reference;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Written text through the whole engine: the real detector, reader and encoder. */
class TextEvidenceTest {
  private static final Map<TextFinding, Integer> FINDINGS = new ConcurrentHashMap<>();
  private static final ClipModel MODEL =
      ClipModel.open(
          StarterModel.directory(),
          EngineSettings.defaults(),
          new EngineObserver() {
            @Override
            public void textLooked(TextFinding finding, long nanos) {
              FINDINGS.merge(finding, 1, Integer::sum);
            }
          });
  private static final ImageAnalyzer ANALYZER = MODEL.analyzer(AnalyzerSettings.defaults());

  @AfterAll
  static void close() {
    ANALYZER.close();
    MODEL.close();
  }

  @Test
  void aNoteIsFoundReadAndTakenAway() throws Exception {
    Evidence evidence = look("apple/ipod-note.jpg", TextAnalysis.ALWAYS);
    TextEvidence text = evidence.text().orElseThrow();
    assertThat(text.boxes()).hasSize(1);
    TextBox box = text.boxes().get(0);
    assertThat(box.text().map(String::toLowerCase))
        .hasValueSatisfying(read -> assertThat(read).contains("pod"));
    assertThat(box.confidence()).isGreaterThan(0.6f);
    // The note is drawn from 280, 420 to 550, 570 on a picture of 640 x 640 or so, turned by 4
    // degrees.
    assertThat(box.x2() - box.x1()).isBetween(0.1f, 0.6f);
    assertThat(text.areaFraction()).isBetween(0.01f, 0.2f);
    assertThat(text.mirror()).isEmpty();
    assertThat(text.control()).isPresent();

    // Without its word the picture is nearer to the blank note's than with it.
    float[] blank = look("apple/blank-note.jpg", TextAnalysis.OFF).embedding();
    assertThat(Reference.cosine(text.masked().orElseThrow(), blank))
        .isGreaterThan(Reference.cosine(evidence.embedding(), blank));
  }

  @Test
  void whereNothingIsWrittenTheMirrorImageStandsIn() throws Exception {
    TextEvidence text = look("apple/plain.jpg", TextAnalysis.ALWAYS).text().orElseThrow();
    assertThat(text.boxes()).isEmpty();
    assertThat(text.areaFraction()).isZero();
    assertThat(text.masked()).isEmpty();
    assertThat(text.textOnly()).isEmpty();
    assertThat(text.mirror()).isPresent();
  }

  @Test
  void aGlanceSparesPicturesWithoutText() throws Exception {
    FINDINGS.clear();
    assertThat(look("mountains.jpg", TextAnalysis.LIKELY).text()).isEmpty();
    assertThat(FINDINGS).containsOnlyKeys(TextFinding.UNLIKELY);
    assertThat(look("apple/pizza-note.jpg", TextAnalysis.LIKELY).text().orElseThrow().boxes())
        .isNotEmpty();
    assertThat(FINDINGS).containsOnlyKeys(TextFinding.UNLIKELY, TextFinding.FOUND);
  }

  @Test
  void nobodyLooksWhereItIsOff() throws Exception {
    assertThat(look("apple/ipod-note.jpg", TextAnalysis.OFF).text()).isEmpty();
    AnalyzerSettings off =
        AnalyzerSettings.defaults().withText(new TextSettings(false, 512, 0, 16));
    try (ImageAnalyzer without = MODEL.analyzer(off)) {
      assertThat(look(without, "apple/ipod-note.jpg", TextAnalysis.ALWAYS).text())
          .isEqualTo(Optional.empty());
    }
  }

  @Test
  void aPosterIsMostlyText() throws Exception {
    TextEvidence text = look("poster.png", TextAnalysis.ALWAYS).text().orElseThrow();
    assertThat(text.boxes().size()).isGreaterThanOrEqualTo(6);
    String read =
        String.join(" ", text.boxes().stream().flatMap(box -> box.text().stream()).toList());
    assertThat(read).containsIgnoringCase("congratulations").containsIgnoringCase("to win");
  }

  private static Evidence look(String sample, TextAnalysis how) throws Exception {
    return look(ANALYZER, sample, how);
  }

  private static Evidence look(ImageAnalyzer analyzer, String sample, TextAnalysis how)
      throws Exception {
    Path file = Path.of(System.getProperty("halcyon.home"), "samples", sample);
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file));
    return (Evidence) analyzer.analyze(new ImageSource.Inline(bytes), how).get();
  }
}
