package dev.halcyon.bench.preprocess;

import dev.halcyon.clip.decode.RgbImage;
import dev.halcyon.clip.preprocess.PreprocessingSpec;

/**
 * The bicubic resize and centre crop in double precision, rounded to 8 bits once, at the end. What
 * it differs by from the program's, and Pillow's, is the rounding of the picture between the two
 * directions and nothing else: no way to decode a picture can be expected to come closer.
 */
final class ExactResize {
  private static final double RADIUS = 2;

  private ExactResize() {}

  /**
   * A model's input.
   *
   * @param spec resizes the shorter side to the input's and crops the centre
   * @return floats as the program writes them: by channel, row and column
   */
  static float[] of(RgbImage picture, PreprocessingSpec spec) {
    int side = spec.height();
    double[][] columns = weights(picture.width(), picture.height(), side);
    double[][] rows = weights(picture.height(), picture.width(), side);
    int[] firstColumns = starts(picture.width(), picture.height(), side);
    int[] firstRows = starts(picture.height(), picture.width(), side);
    float[] out = new float[spec.floats()];
    for (int channel = 0; channel < spec.channels(); channel++) {
      double[] across = new double[picture.height() * side];
      for (int y = 0; y < picture.height(); y++) {
        for (int x = 0; x < side; x++) {
          int at = 3 * (y * picture.width() + firstColumns[x]) + channel;
          double sum = 0;
          for (double weight : columns[x]) {
            sum += weight * (picture.rgb()[at] & 0xFF);
            at += 3;
          }
          across[y * side + x] = sum;
        }
      }
      for (int y = 0; y < side; y++) {
        for (int x = 0; x < side; x++) {
          double sum = 0;
          for (int tap = 0; tap < rows[y].length; tap++) {
            sum += rows[y][tap] * across[(firstRows[y] + tap) * side + x];
          }
          double value = Math.max(0, Math.min(255, Math.rint(sum)));
          out[(channel * side + y) * side + x] =
              (float) ((value / 255 - spec.mean().get(channel)) / spec.std().get(channel));
        }
      }
    }
    return out;
  }

  private static double[][] weights(int size, int other, int side) {
    int[] starts = starts(size, other, side);
    double scale = scale(size, other, side);
    double[][] weights = new double[side][];
    for (int i = 0; i < side; i++) {
      double centre = centre(size, other, side, i);
      int end = Math.min(size, (int) (centre + RADIUS * scale + 0.5));
      double[] own = new double[end - starts[i]];
      double sum = 0;
      for (int tap = 0; tap < own.length; tap++) {
        own[tap] = keys((starts[i] + tap - centre + 0.5) / scale);
        sum += own[tap];
      }
      for (int tap = 0; tap < own.length; tap++) {
        own[tap] /= sum;
      }
      weights[i] = own;
    }
    return weights;
  }

  private static int[] starts(int size, int other, int side) {
    double reach = RADIUS * scale(size, other, side);
    int[] starts = new int[side];
    for (int i = 0; i < side; i++) {
      starts[i] = Math.max(0, (int) (centre(size, other, side, i) - reach + 0.5));
    }
    return starts;
  }

  private static double centre(int size, int other, int side, int output) {
    int first = (resized(size, other, side) - side) / 2;
    return (first + output + 0.5) * scale(size, other, side);
  }

  private static double scale(int size, int other, int side) {
    return (double) size / resized(size, other, side);
  }

  private static int resized(int size, int other, int side) {
    return size <= other ? side : (int) ((double) ((long) side * size) / other);
  }

  /** Keys' cubic convolution with a = -0.5. */
  private static double keys(double distance) {
    double x = Math.abs(distance);
    if (x < 1) {
      return (1.5 * x - 2.5) * x * x + 1;
    }
    return x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0;
  }
}
