package dev.halcyon.clip.preprocess;

import static org.assertj.core.api.Assertions.assertThat;

import dev.halcyon.clip.decode.DecodedImage;
import dev.halcyon.clip.decode.DecodedImage.Extent;
import dev.halcyon.clip.decode.RgbImage;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A picture that holds means of pixels gives the input that the full picture gives. */
final class ReducedPictureTest {
  private static final int SIDE = 16;

  /** The least a decoder keeps: {@code Preprocessor.decodeShortSidePixels()}. */
  private static final int KEPT = 3 * SIDE;

  private static final PreprocessingSpec SPEC =
      new PreprocessingSpec(
          PreprocessingSpec.Resize.SHORTEST,
          SIDE,
          SIDE,
          PreprocessingSpec.Filter.BICUBIC,
          SIDE,
          SIDE,
          PreprocessingSpec.CropRounding.FLOOR,
          List.of(0f, 0f, 0f),
          List.of(1f, 1f, 1f));

  private final Preprocessor preprocessor = new Preprocessor(SPEC);

  @ParameterizedTest
  @ValueSource(ints = {2, 4})
  void theBlurOfTheReductionIsTakenBack(int reduction) {
    assertThat(preprocessor.decodeShortSidePixels()).isEqualTo(KEPT);
    int size = KEPT * reduction;
    RgbImage full = detailed(size);
    RgbImage reduced = means(full, reduction);
    float[] expected = input(new DecodedImage(full, "jpeg"));
    float[] sharpened =
        input(new DecodedImage(reduced, "jpeg", size, size, new Extent(0, 0, KEPT, KEPT)));
    // The control: the same pixels, taken for a picture of that size, stay blurred.
    float[] blurred = input(new DecodedImage(reduced, "jpeg"));
    assertThat(distance(sharpened, expected)).isLessThan(1.5);
    assertThat(distance(blurred, expected)).isGreaterThan(2 * distance(sharpened, expected));
  }

  private float[] input(DecodedImage picture) {
    FloatBuffer out = FloatBuffer.allocate(SPEC.floats());
    preprocessor.writeTo(picture, out);
    return out.array();
  }

  /** Waves in many directions, as fine as the input can show, and as strong as 8 bits allow. */
  private static RgbImage detailed(int size) {
    Random random = new Random(7);
    byte[] rgb = new byte[3 * size * size];
    for (int channel = 0; channel < 3; channel++) {
      double[] sum = new double[size * size];
      double most = 0;
      for (int wave = 0; wave < 3; wave++) {
        double angle = Math.PI * random.nextDouble();
        double cycles = SIDE / 2.0 * (0.6 + 0.4 * random.nextDouble());
        double phase = 2 * Math.PI * random.nextDouble();
        for (int y = 0; y < size; y++) {
          for (int x = 0; x < size; x++) {
            double along = (x * Math.cos(angle) + y * Math.sin(angle)) / size;
            sum[y * size + x] += Math.cos(2 * Math.PI * cycles * along + phase);
            most = Math.max(most, Math.abs(sum[y * size + x]));
          }
        }
      }
      for (int i = 0; i < sum.length; i++) {
        rgb[3 * i + channel] = (byte) Math.round(127.5 + 127 * sum[i] / most);
      }
    }
    return new RgbImage(size, size, rgb);
  }

  private static RgbImage means(RgbImage full, int reduction) {
    int side = full.width() / reduction;
    byte[] rgb = new byte[3 * side * side];
    for (int y = 0; y < side; y++) {
      for (int x = 0; x < side; x++) {
        for (int channel = 0; channel < 3; channel++) {
          int sum = 0;
          for (int dy = 0; dy < reduction; dy++) {
            for (int dx = 0; dx < reduction; dx++) {
              int at = (y * reduction + dy) * full.width() + x * reduction + dx;
              sum += full.rgb()[3 * at + channel] & 0xFF;
            }
          }
          rgb[3 * (y * side + x) + channel] =
              (byte) Math.round((double) sum / (reduction * reduction));
        }
      }
    }
    return new RgbImage(side, side, rgb);
  }

  /** Root of the mean square, in levels of 256. */
  private static double distance(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += Math.pow(255 * (a[i] - b[i]), 2);
    }
    return Math.sqrt(sum / a.length);
  }
}
