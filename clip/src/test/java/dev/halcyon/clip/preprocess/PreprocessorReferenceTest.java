package dev.halcyon.clip.preprocess;

import static org.assertj.core.api.Assertions.assertThat;

import dev.halcyon.clip.ReferencePixels;
import dev.halcyon.clip.decode.RgbImage;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Pixel parity with transformers, open_clip and Pillow on small pictures of every kind. */
final class PreprocessorReferenceTest {
  private static final Map<String, RgbImage> DECODED = ReferencePixels.decoded();

  static List<ReferencePixels.Spec> specs() {
    return ReferencePixels.specs();
  }

  @ParameterizedTest
  @MethodSource("specs")
  void resizesAndCropsToTheLastBit(ReferencePixels.Spec reference) {
    PreprocessingSpec published = PreprocessingSpec.read(reference.config());
    Preprocessor preprocessor = new Preprocessor(plain(published));
    reference
        .resized()
        .forEach(
            (name, expected) -> {
              FloatBuffer out = FloatBuffer.allocate(published.floats());
              preprocessor.writeTo(DECODED.get(name), out);
              assertThat(out.hasRemaining()).isFalse();
              assertThat(bytes(out.flip(), published)).as(name).isEqualTo(expected.rgb());
            });
  }

  @ParameterizedTest
  @MethodSource("specs")
  void normalizesAsTheReferenceDoes(ReferencePixels.Spec reference) {
    PreprocessingSpec spec = PreprocessingSpec.read(reference.config());
    Preprocessor preprocessor = new Preprocessor(spec);
    reference
        .floats()
        .forEach(
            (name, expected) -> {
              FloatBuffer out = FloatBuffer.allocate(spec.floats());
              preprocessor.writeTo(DECODED.get(name), out);
              for (int i = 0; i < expected.length; i++) {
                assertThat(out.get(i * ReferencePixels.stride()))
                    .as("%s at %d", name, i)
                    .isCloseTo(expected[i], org.assertj.core.data.Offset.offset(1e-6f));
              }
            });
  }

  /** A picture that need not be resized is copied: the same as if its filters had been applied. */
  @Test
  void pictureOfTheModelsSizeIsKept() {
    for (int[] size : new int[][] {{8, 8}, {13, 8}, {8, 11}}) {
      PreprocessingSpec spec =
          new PreprocessingSpec(
              PreprocessingSpec.Resize.SHORTEST,
              8,
              8,
              PreprocessingSpec.Filter.BICUBIC,
              8,
              8,
              PreprocessingSpec.CropRounding.FLOOR,
              List.of(0.5f, 0.25f, 0f),
              List.of(0.5f, 1f, 2f));
      byte[] rgb = new byte[3 * size[0] * size[1]];
      new java.util.Random(5).nextBytes(rgb);
      RgbImage picture = new RgbImage(size[0], size[1], rgb);
      FloatBuffer out = FloatBuffer.allocate(spec.floats());
      new Preprocessor(spec).writeTo(picture, out);
      assertThat(out.hasRemaining()).isFalse();
      int left = (size[0] - 8) / 2;
      int top = (size[1] - 8) / 2;
      for (int channel = 0; channel < 3; channel++) {
        for (int y = 0; y < 8; y++) {
          for (int x = 0; x < 8; x++) {
            int value = rgb[3 * ((top + y) * size[0] + left + x) + channel] & 0xFF;
            float scaled = (float) (value * (1 / 255.0));
            assertThat(out.get((channel * 8 + y) * 8 + x))
                .isEqualTo((scaled - spec.mean().get(channel)) / spec.std().get(channel));
          }
        }
      }
    }
  }

  /** The same geometry, giving values in [0, 1] as they are. */
  private static PreprocessingSpec plain(PreprocessingSpec spec) {
    return new PreprocessingSpec(
        spec.resize(),
        spec.resizeHeight(),
        spec.resizeWidth(),
        spec.filter(),
        spec.height(),
        spec.width(),
        spec.cropRounding(),
        List.of(0f, 0f, 0f),
        List.of(1f, 1f, 1f));
  }

  private static byte[] bytes(FloatBuffer planes, PreprocessingSpec spec) {
    int pixels = spec.height() * spec.width();
    byte[] rgb = new byte[3 * pixels];
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = (byte) Math.round(255 * planes.get(i % 3 * pixels + i / 3));
    }
    return rgb;
  }
}
