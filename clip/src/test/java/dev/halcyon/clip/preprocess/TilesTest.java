package dev.halcyon.clip.preprocess;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.halcyon.clip.decode.RgbImage;
import dev.halcyon.clip.preprocess.PreprocessingSpec.CropRounding;
import dev.halcyon.clip.preprocess.PreprocessingSpec.Filter;
import dev.halcyon.clip.preprocess.PreprocessingSpec.Resize;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TilesTest {
  private final Preprocessor preprocessor =
      new Preprocessor(
          new PreprocessingSpec(
              Resize.SHORTEST,
              8,
              8,
              Filter.BICUBIC,
              8,
              8,
              CropRounding.FLOOR,
              List.of(0f, 0f, 0f),
              List.of(1f, 1f, 1f)));

  @ParameterizedTest
  @CsvSource({
    "30, 20, 1",
    "31, 20, 2",
    "20, 30, 1",
    "20, 31, 2",
    "40, 20, 2",
    "41, 20, 3",
    "16, 160, 10",
    "5, 80, 16",
    "1, 1, 1",
    "2, 1, 2",
    "1, 2, 2"
  })
  void cutsPicturesLongerThanOneAndAHalfTimesTheirShorterSide(int width, int height, int tiles) {
    RgbImage image = numbered(width, height);
    List<RgbImage> cut = preprocessor.tiles(image, 1.5);
    assertThat(cut).hasSize(tiles);
    if (tiles == 1) {
      assertThat(cut.get(0)).isSameAs(image);
    }
    assertThat(seen(cut)).containsAll(seen(List.of(image)));
    int shortSide = Math.min(width, height);
    if (tiles > 1) {
      assertThat(cut)
          .allSatisfy(
              tile -> {
                assertThat(tile.width()).isEqualTo(shortSide);
                assertThat(tile.height()).isEqualTo(shortSide);
              });
    }
  }

  @ParameterizedTest
  @CsvSource({"200, 3", "3, 200", "1000, 1", "1, 1000", "17, 1"})
  void boundsTheTilesOfVeryLongPicturesAndStillShowsAll(int width, int height) {
    RgbImage image = numbered(width, height);
    List<RgbImage> cut = preprocessor.tiles(image, 1.5);
    assertThat(cut).hasSize(16);
    assertThat(cut).allSatisfy(tile -> assertThat(tile.width()).isEqualTo(tile.height()));
    assertThat(seen(cut)).containsAll(seen(List.of(image)));
  }

  @Test
  void cutsInReadingOrderFromEdgeToEdge() {
    RgbImage image = numbered(50, 20);
    List<RgbImage> cut = preprocessor.tiles(image, 1.5);
    assertThat(cut).hasSize(3);
    assertThat(pixel(cut.get(0), 0, 0)).isEqualTo(pixel(image, 0, 0));
    assertThat(pixel(cut.get(1), 0, 0)).isEqualTo(pixel(image, 15, 0));
    assertThat(pixel(cut.get(2), 19, 19)).isEqualTo(pixel(image, 49, 19));
  }

  @Test
  void refusesAnAspectBelowOne() {
    assertThatThrownBy(() -> preprocessor.tiles(numbered(2, 2), 0.9))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("maxAspect 0.9 is below 1");
    assertThatThrownBy(() -> preprocessor.tiles(numbered(2, 2), Double.NaN))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /** Every pixel different from every other, and none black. */
  private static RgbImage numbered(int width, int height) {
    byte[] rgb = new byte[3 * width * height];
    for (int i = 0; i < width * height; i++) {
      rgb[3 * i] = (byte) ((i + 1) >> 16);
      rgb[3 * i + 1] = (byte) ((i + 1) >> 8);
      rgb[3 * i + 2] = (byte) (i + 1);
    }
    return new RgbImage(width, height, rgb);
  }

  private static Set<Integer> seen(List<RgbImage> images) {
    Set<Integer> pixels = new HashSet<>();
    for (RgbImage image : images) {
      for (int y = 0; y < image.height(); y++) {
        for (int x = 0; x < image.width(); x++) {
          pixels.add(pixel(image, x, y));
        }
      }
    }
    return pixels;
  }

  private static int pixel(RgbImage image, int x, int y) {
    int at = 3 * (y * image.width() + x);
    return ((image.rgb()[at] & 0xFF) << 16)
        | ((image.rgb()[at + 1] & 0xFF) << 8)
        | (image.rgb()[at + 2] & 0xFF);
  }
}
