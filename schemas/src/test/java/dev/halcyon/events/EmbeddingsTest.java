package dev.halcyon.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;

class EmbeddingsTest {
  @Test
  void everyHalfFloatSurvivesThereAndBack() {
    for (int bits = 0; bits <= 0xffff; bits++) {
      short half = (short) bits;
      float value = Embeddings.fromHalf(half);
      if (Float.isNaN(value)) {
        assertThat(Embeddings.fromHalf(Embeddings.toHalf(value))).isNaN();
      } else {
        assertThat(Embeddings.toHalf(value)).as("half %04x", bits).isEqualTo(half);
      }
    }
  }

  @Test
  void aValueBetweenTwoHalvesGoesToTheNearerAndFromTheMiddleToTheEven() {
    for (int bits = 0; bits < 0x7bff; bits++) {
      double low = Embeddings.fromHalf((short) bits);
      double high = Embeddings.fromHalf((short) (bits + 1));
      double middle = (low + high) / 2;
      int even = bits % 2 == 0 ? bits : bits + 1;
      assertThat(Embeddings.toHalf((float) middle)).isEqualTo((short) even);
      assertThat(Embeddings.toHalf(Math.nextDown((float) middle))).isEqualTo((short) bits);
      assertThat(Embeddings.toHalf(Math.nextUp((float) middle))).isEqualTo((short) (bits + 1));
      assertThat(Embeddings.toHalf((float) -middle)).isEqualTo((short) (even | 0x8000));
    }
  }

  @Test
  void whatIsTooLargeIsInfinite() {
    assertThat(Embeddings.fromHalf(Embeddings.toHalf(65_519f))).isEqualTo(65_504f);
    assertThat(Embeddings.fromHalf(Embeddings.toHalf(65_520f))).isEqualTo(Float.POSITIVE_INFINITY);
    assertThat(Embeddings.fromHalf(Embeddings.toHalf(-1e9f))).isEqualTo(Float.NEGATIVE_INFINITY);
    assertThat(Embeddings.fromHalf(Embeddings.toHalf(Float.MIN_VALUE))).isZero();
  }

  @Test
  void aUnitVectorKeepsItsCosines() {
    Random random = new Random(7);
    for (int round = 0; round < 200; round++) {
      float[] a = unit(random, 512);
      float[] b = unit(random, 512);
      float[] read = Embeddings.decode(Embeddings.encode(a), 512);
      assertThat(Math.abs(dot(a, b) - dot(read, b))).isLessThan(5e-4);
    }
  }

  @Test
  void aWrongLengthIsRefused() {
    ByteBuffer bytes = Embeddings.encode(new float[] {1, 0});
    assertThatThrownBy(() -> Embeddings.decode(bytes, 3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("4 bytes do not hold 3");
    assertThat(bytes.remaining()).isEqualTo(4);
  }

  private static float[] unit(Random random, int length) {
    float[] vector = new float[length];
    double square = 0;
    for (int i = 0; i < length; i++) {
      vector[i] = (float) random.nextGaussian();
      square += vector[i] * vector[i];
    }
    for (int i = 0; i < length; i++) {
      vector[i] /= (float) Math.sqrt(square);
    }
    return vector;
  }

  private static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }
}
