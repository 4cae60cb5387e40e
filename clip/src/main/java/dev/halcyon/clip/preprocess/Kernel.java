package dev.halcyon.clip.preprocess;

import dev.halcyon.clip.preprocess.PreprocessingSpec.Filter;

/**
 * Weights of one direction of a resize: which input pixels make an output pixel, and how much.
 *
 * <p>The arithmetic is that of Pillow's {@code Resample.c}, so that results agree to the last bit:
 * the filter is widened by the scale when shrinking, weights are computed in double precision, made
 * to sum to one, and rounded to fixed point with {@value #FRACTION_BITS} fraction bits.
 *
 * <p>A picture that a JPEG decoder has reduced holds means of {@code reduction} pixels each, which
 * has blurred it a little already. Its filter {@code k} is therefore sharpened by as much: by
 * {@code -k'' (1 - 1 / reduction^2) / 24}, the second moment of such a mean, with which the filter
 * and the mean together are the filter again up to fourth order.
 *
 * <p>Output pixels are numbered from the first one wanted.
 */
final class Kernel {
  /** 8 bits of a pixel and 2 bits of headroom are left in an int. */
  static final int FRACTION_BITS = 32 - 8 - 2;

  private final int taps;
  private final int[] starts;
  private final int[] ends;
  private final int[] weights;

  /**
   * @param inputSize pixels of the input
   * @param from where the part of the input to resize begins, in pixels
   * @param to where it ends
   * @param reduction how many pixels of the full picture each pixel of the input is the mean of, in
   *     this direction; 1 for a picture at full size
   * @param outputSize pixels that part becomes
   * @param first first output pixel wanted
   * @param count output pixels wanted
   */
  Kernel(
      Filter filter,
      int inputSize,
      double from,
      double to,
      double reduction,
      int outputSize,
      int first,
      int count) {
    double scale = (to - from) / outputSize;
    double widening = Math.max(1.0, scale);
    double support = radius(filter) * widening;
    taps = (int) Math.ceil(support) * 2 + 1;
    starts = new int[count];
    ends = new int[count];
    weights = new int[Math.multiplyExact(taps, count)];
    double[] exact = new double[taps];
    double shrink = 1.0 / widening;
    double blur = (1 - 1 / (reduction * reduction)) / 24 * shrink * shrink;
    for (int i = 0; i < count; i++) {
      double center = from + (first + i + 0.5) * scale;
      int start = Math.max(0, (int) (center - support + 0.5));
      int end = Math.min(inputSize, (int) (center + support + 0.5));
      double sum = 0;
      for (int tap = 0; tap < end - start; tap++) {
        double distance = (tap + start - center + 0.5) * shrink;
        double weight = value(filter, distance);
        if (blur > 0) {
          weight -= blur * curvature(filter, distance);
        }
        exact[tap] = weight;
        sum += weight;
      }
      for (int tap = 0; tap < end - start; tap++) {
        double weight = sum == 0 ? exact[tap] : exact[tap] / sum;
        weights[i * taps + tap] = (int) (weight * (1 << FRACTION_BITS) + (weight < 0 ? -0.5 : 0.5));
      }
      starts[i] = start;
      ends[i] = end;
    }
  }

  private static double radius(Filter filter) {
    return switch (filter) {
      case BICUBIC -> 2.0;
      case BILINEAR -> 1.0;
    };
  }

  /** Keys' cubic convolution with a = -0.5, or the triangle. */
  private static double value(Filter filter, double distance) {
    double x = Math.abs(distance);
    return switch (filter) {
      case BICUBIC -> {
        double a = -0.5;
        if (x < 1.0) {
          yield ((a + 2.0) * x - (a + 3.0)) * x * x + 1;
        }
        yield x < 2.0 ? (((x - 5) * x + 8) * x - 4) * a : 0.0;
      }
      case BILINEAR -> x < 1.0 ? 1.0 - x : 0.0;
    };
  }

  /** The second derivative of {@link #value}; the triangle's is that of its corners, left out. */
  private static double curvature(Filter filter, double distance) {
    double x = Math.abs(distance);
    return switch (filter) {
      case BICUBIC -> {
        double a = -0.5;
        if (x < 1.0) {
          yield 6 * (a + 2.0) * x - 2 * (a + 3.0);
        }
        yield x < 2.0 ? a * (6 * x - 10) : 0.0;
      }
      case BILINEAR -> 0.0;
    };
  }

  /** How many output pixels there are. */
  int count() {
    return starts.length;
  }

  /** The first input pixel of an output pixel; does not fall from one output pixel to the next. */
  int start(int output) {
    return starts[output];
  }

  /** Past the last input pixel of an output pixel; does not fall either. */
  int end(int output) {
    return ends[output];
  }

  /** All weights; those of an output pixel begin at {@link #offset}. */
  int[] weights() {
    return weights;
  }

  int offset(int output) {
    return output * taps;
  }
}
