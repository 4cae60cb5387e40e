package dev.halcyon.clip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.halcyon.clip.reference.Reference;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The shipped model through the whole engine. */
class ClipModelTest {
  @Test
  void tellsACatFromARocket() throws Exception {
    try (ClipModel model = ClipModel.open(StarterModel.directory(), EngineSettings.defaults());
        ImageAnalyzer analyzer = model.analyzer(AnalyzerSettings.defaults())) {
      float[][] prompts =
          model.textEncoder().encode(List.of("a photo of a cat", "a photo of a rocket"));
      float[] cat = embed(analyzer, "cat.jpg");
      float[] rocket = embed(analyzer, "rocket.jpg");
      assertThat(Reference.cosine(cat, cat)).isCloseTo(1, within(1e-6));
      assertThat(Reference.cosine(cat, prompts[0]))
          .isGreaterThan(Reference.cosine(cat, prompts[1]) + 0.1);
      assertThat(Reference.cosine(rocket, prompts[1]))
          .isGreaterThan(Reference.cosine(rocket, prompts[0]) + 0.1);
    }
  }

  private static float[] embed(ImageAnalyzer analyzer, String sample) throws Exception {
    Path file = Path.of(System.getProperty("halcyon.home"), "samples", sample);
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file));
    return ((Evidence) analyzer.analyze(new ImageSource.Inline(bytes), TextAnalysis.OFF).get())
        .embedding();
  }
}
