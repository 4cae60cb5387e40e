package dev.halcyon.clip.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.platform.Fp16Conversions;
import org.junit.jupiter.api.Test;

class HalfPrecisionTest {
  /** An odd step visits every exponent and every pattern of the bits that are dropped. */
  private static final int STEP = 251;

  @Test
  void everyFloatBecomesWhatTheRuntimeMakesOfIt() {
    long wrong = 0;
    for (long bits = Integer.MIN_VALUE; bits <= Integer.MAX_VALUE; bits += STEP) {
      float value = Float.intBitsToFloat((int) bits);
      if (!Float.isNaN(value) && HalfPrecision.of(value) != Fp16Conversions.floatToFp16(value)) {
        wrong++;
      }
    }
    assertThat(wrong).isZero();
  }

  @Test
  void everyHalfComesBack() {
    for (int half = 0; half <= 0xffff; half++) {
      float value = Fp16Conversions.fp16ToFloat((short) half);
      if (!Float.isNaN(value)) {
        assertThat(HalfPrecision.of(value)).isEqualTo((short) half);
      }
    }
  }

  @Test
  void betweenTwoItIsTheEvenOne() {
    // Halves from 1 to 2 are 2^-10 apart.
    float apart = 1 / 1024f;
    assertThat(HalfPrecision.of(1 + 0.5f * apart)).isEqualTo(HalfPrecision.of(1));
    assertThat(HalfPrecision.of(1 + 1.5f * apart)).isEqualTo(HalfPrecision.of(1 + 2 * apart));
    assertThat(HalfPrecision.of(1 + 0.5001f * apart)).isEqualTo(HalfPrecision.of(1 + apart));
    assertThat(HalfPrecision.of(65_504f)).isEqualTo((short) 0x7bff);
    assertThat(HalfPrecision.of(65_520f)).as("infinity").isEqualTo((short) 0x7c00);
  }
}
