package dev.halcyon.clip.onnx;

import ai.onnxruntime.platform.Fp16Conversions;

/**
 * Pixels in half precision, IEEE 754 binary16, rounded to the nearest and to even between two. A
 * picture has 150,000 of them: the runtime's own conversion of one value, which is right for all of
 * them, would take longer than the rest of preprocessing.
 */
final class HalfPrecision {
  private static final int MANTISSA_BITS_DROPPED = 13;

  /** The bits of the least normal number of half precision, 2^-14, as a float. */
  private static final int LEAST_NORMAL = 0x38800000;

  /** The bits of the least float that rounds to infinity. */
  private static final int INFINITE = 0x477ff000;

  /** What the exponents of equal numbers differ by, in place. */
  private static final int EXPONENT_SHIFT = 0x38000000;

  private HalfPrecision() {}

  /** Converts as many values as there are; both arrays are of the same length. */
  static void convert(float[] values, short[] halves) {
    for (int i = 0; i < values.length; i++) {
      halves[i] = of(values[i]);
    }
  }

  static short of(float value) {
    int bits = Float.floatToRawIntBits(value);
    int magnitude = bits & 0x7fffffff;
    if (magnitude < LEAST_NORMAL || magnitude >= INFINITE) {
      return Fp16Conversions.floatToFp16(value);
    }
    int even = (magnitude >>> MANTISSA_BITS_DROPPED) & 1;
    int rounded = (magnitude - EXPONENT_SHIFT + 0xfff + even) >>> MANTISSA_BITS_DROPPED;
    return (short) (((bits >>> 16) & 0x8000) | rounded);
  }
}
