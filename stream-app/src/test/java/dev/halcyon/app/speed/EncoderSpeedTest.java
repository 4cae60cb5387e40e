package dev.halcyon.app.speed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.halcyon.app.Home;
import dev.halcyon.clip.EngineSettings;
import dev.halcyon.clip.EngineSettings.MemoryPattern;
import dev.halcyon.clip.EngineSettings.Weights;
import dev.halcyon.clip.ExecutionProvider;
import dev.halcyon.clip.ModelException;
import dev.halcyon.clip.decode.RgbImage;
import dev.halcyon.clip.preprocess.PreprocessingSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class EncoderSpeedTest {
  private static final Path MODEL = Home.resolve("starter-model/model");
  private static final Duration SHORT = Duration.ofMillis(5);

  @Test
  void everyLoopCounts() throws Exception {
    List<RgbImage> pictures = RandomPictures.of(3, 96, 80, 1);
    try (EncoderSpeed encoder = open("vision_model.onnx")) {
      assertThat(encoder.provider()).isEqualTo(ExecutionProvider.CPU);
      assertThat(encoder.openSeconds()).isPositive();
      assertThat(encoder.bare(2, 1, pictures, SHORT)).isPositive();
      assertThat(encoder.bare(2, 2, pictures, SHORT)).isPositive();
      assertThat(encoder.batched(2, 1, 2, pictures, SHORT)).isPositive();
      assertThat(encoder.preprocessing(2, pictures, SHORT)).isPositive();
      assertThat(encoder.embed(pictures)).hasDimensions(3, encoder.embed(pictures)[0].length);
    }
  }

  @Test
  void picturesAreTheSameForTheSameSeed() {
    assertThat(RandomPictures.of(2, 4, 4, 1).get(1).rgb())
        .isEqualTo(RandomPictures.of(2, 4, 4, 1).get(1).rgb())
        .isNotEqualTo(RandomPictures.of(2, 4, 4, 1).get(0).rgb())
        .isNotEqualTo(RandomPictures.of(2, 4, 4, 9).get(1).rgb());
  }

  @Test
  void graphThatIsNoImageEncoderIsRefused() {
    assertThatThrownBy(() -> open("text_model.onnx")).isInstanceOf(ModelException.class);
  }

  @Test
  void spreadIsTheMiddleAndTheEnds() {
    assertThat(Spread.of(List.of(4.0, 1.0, 2.0))).isEqualTo(new Spread(2, 1, 4, 3));
    assertThat(Spread.of(List.of(4.0, 2.0)).median()).isEqualTo(3);
    assertThat(Spread.of(List.of(8.0, 12.0, 10.0)).relative()).isEqualTo(0.2);
  }

  private static EncoderSpeed open(String graph) {
    EngineSettings settings =
        new EngineSettings(
            ExecutionProvider.CPU,
            0,
            Weights.DEFAULT,
            1,
            1,
            8,
            Duration.ZERO,
            Duration.ofSeconds(60),
            MemoryPattern.AUTO);
    return EncoderSpeed.open(
        MODEL.resolve(graph),
        PreprocessingSpec.read(MODEL.resolve("preprocessor_config.json")),
        settings);
  }
}
