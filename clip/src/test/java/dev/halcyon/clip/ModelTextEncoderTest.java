package dev.halcyon.clip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ModelTextEncoderTest {
  private static ClipModel model;

  @BeforeAll
  static void open() {
    model = ClipModel.open(StarterModel.directory(), EngineSettings.defaults());
  }

  @AfterAll
  static void close() {
    model.close();
  }

  @Test
  void givesUnitVectorsThatKnowWhatIsLike() {
    float[][] e =
        model
            .textEncoder()
            .encode(List.of("a photo of a cat", "a photo of a kitten", "a steam locomotive"));
    for (float[] embedding : e) {
      assertThat(embedding).hasSize(model.identity().dimensions());
      assertThat(dot(embedding, embedding)).isCloseTo(1, within(1e-5));
    }
    assertThat(dot(e[0], e[1])).isGreaterThan(dot(e[0], e[2]) + 0.1);
  }

  @Test
  void orderAndNeighboursDoNotMatter() {
    List<String> prompts = new ArrayList<>();
    for (int i = 0; i < 70; i++) {
      prompts.add("a photo of " + "very ".repeat(i % 7) + "many things, number " + i);
    }
    float[][] together = model.textEncoder().encode(prompts);
    for (int i : new int[] {0, 13, 69}) {
      float[] alone = model.textEncoder().encode(List.of(prompts.get(i)))[0];
      assertThat(dot(alone, together[i])).isCloseTo(1, within(1e-4));
    }
  }

  @Test
  void promptOverTheContextIsAnError() {
    int context = model.textEncoder().contextLength();
    String longest = "word ".repeat(context - model.textEncoder().countTokens(""));
    assertThat(model.textEncoder().countTokens(longest)).isEqualTo(context);
    assertThat(model.textEncoder().encode(List.of(longest))).hasDimensions(1, dimensions());
    assertThatThrownBy(() -> model.textEncoder().encode(List.of("fine", longest + "word")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("has " + (context + 1) + " tokens, the model reads " + context);
  }

  @Test
  void noPromptsGiveNoEmbeddings() {
    assertThat(model.textEncoder().encode(List.of())).isEmpty();
  }

  private static int dimensions() {
    return model.identity().dimensions();
  }

  private static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }
}
