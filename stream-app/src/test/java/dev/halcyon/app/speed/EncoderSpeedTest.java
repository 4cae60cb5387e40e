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
  void aComparisonIsOfTheFastestBareLoopRoundByRound() throws Exception {
    SpeedComparison.Case what = new SpeedComparison.Case(2, List.of(1, 2), 1, 1, 1, SHORT);
    try (EncoderSpeed encoder = open("vision_model.onnx")) {
      SpeedComparison found =
          SpeedComparison.of(encoder, what.in(3), RandomPictures.of(3, 96, 80, 1));
      assertThat(found.bare()).hasSize(2).contains(found.ceiling());
      assertThat(found.share().count()).isEqualTo(3);
      SpeedComparison once = SpeedComparison.of(encoder, what, RandomPictures.of(3, 96, 80, 1));
      assertThat(once.share().median()).isEqualTo(once.ours().median() / once.ceiling().median());
    }
  }

  @Test
  void aRoundIsEveryLoopFilledAndTimed() {
    Duration time = Duration.ofSeconds(3);
    // A batch takes 2 s: filled and timed, then two filled, timed, and one to end with.
    assertThat(new SpeedComparison.Case(8, List.of(1), 1, 2, 5, time).roundSeconds(0.25))
        .isEqualTo(2 + 3 + 4 + 3 + 2);
    assertThat(new SpeedComparison.Case(8, List.of(1), 1, 2, 5, time).roundSeconds(0.5))
        .isEqualTo(4 + 4 + 8 + 3 + 4);
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
    assertThat(Spread.of(7)).isEqualTo(new Spread(7, 7, 7, 1));
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
