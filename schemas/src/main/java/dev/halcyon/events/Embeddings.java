package dev.halcyon.events;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Embeddings as the evidence event carries them: IEEE 754 half floats, little endian. For a unit
 * vector the rounding moves a cosine by less than 0.0005.
 */
public final class Embeddings {
  private static final int HALF_BYTES = 2;

  private Embeddings() {}

  /** Writes each value as the nearest half float, ties to even. */
  public static ByteBuffer encode(float[] embedding) {
    ByteBuffer bytes =
        ByteBuffer.allocate(HALF_BYTES * embedding.length).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : embedding) {
      bytes.putShort(toHalf(value));
    }
    return bytes.flip();
  }

  /**
   * Reads an embedding; the buffer's position stays where it is.
   *
   * @param dimensions how many values there must be
   * @throws IllegalArgumentException if the bytes hold another number
   */
  public static float[] decode(ByteBuffer bytes, int dimensions) {
    if (bytes.remaining() != HALF_BYTES * dimensions) {
      throw new IllegalArgumentException(
          bytes.remaining() + " bytes do not hold " + dimensions + " half floats");
    }
    ByteBuffer little = bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    float[] embedding = new float[dimensions];
    for (int i = 0; i < dimensions; i++) {
      embedding[i] = fromHalf(little.getShort());
    }
    return embedding;
  }

  static short toHalf(float value) {
    int bits = Float.floatToRawIntBits(value);
    int sign = (bits >>> 16) & 0x8000;
    int size = bits & 0x7fffffff;
    if (size > 0x7f800000) {
      return (short) (sign | 0x7e00);
    }
    if (size >= 0x477ff000) {
      return (short) (sign | 0x7c00);
    }
    if (size < 0x38800000) {
      return (short) (sign | (int) Math.rint(Math.abs(value) * 0x1p24f));
    }
    int rounded = size + 0xfff + ((size >>> 13) & 1);
    return (short) (sign | ((rounded - 0x38000000) >>> 13));
  }

  static float fromHalf(short half) {
    int sign = (half & 0x8000) << 16;
    int exponent = (half >>> 10) & 0x1f;
    int fraction = half & 0x3ff;
    if (exponent == 0) {
      return Float.intBitsToFloat(sign | Float.floatToRawIntBits(fraction * 0x1p-24f));
    }
    if (exponent == 0x1f) {
      return Float.intBitsToFloat(sign | 0x7f800000 | fraction << 13);
    }
    return Float.intBitsToFloat(sign | (exponent + 112) << 23 | fraction << 13);
  }
}
