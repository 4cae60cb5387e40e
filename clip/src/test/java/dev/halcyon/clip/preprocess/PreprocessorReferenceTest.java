package dev.halcyon.clip.preprocess;

import static org.assertj.core.api.Assertions.assertThat;

import dev.halcyon.clip.ReferencePixels;
import dev.halcyon.clip.decode.RgbImage;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Map;
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
