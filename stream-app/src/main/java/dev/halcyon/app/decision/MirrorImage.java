package dev.halcyon.app.decision;

import java.util.Optional;

/**
 * Takes written text out of an embedding without knowing where it stands, by the mirror image
 * (MirrorCLIP): what an image shows survives mirroring, what it says does not. With f the embedding
 * and f' that of the mirror image, the components with {@code f_i * f'_i > 0} are the picture, the
 * others the text.
 *
 * <p>The control takes away the same energy from components the two agree on. It goes through them
 * by a fixed stride, so that the same evidence gives the same control.
 */
final class MirrorImage {
  private static final double LEAST_ENERGY = 1e-9;

  private final float[] embedding;
  private final boolean[] agrees;
  private final double energyOfText;

  MirrorImage(float[] embedding, float[] mirror) {
    this.embedding = embedding;
    this.agrees = new boolean[embedding.length];
    double energy = 0;
    for (int i = 0; i < embedding.length; i++) {
      agrees[i] = embedding[i] * mirror[i] > 0;
      energy += agrees[i] ? 0 : (double) embedding[i] * embedding[i];
    }
    this.energyOfText = energy;
  }

  /** Whether the mirror image disagrees at all: if not, there is no text to take out. */
  boolean showsText() {
    return energyOfText > LEAST_ENERGY && energyOfText < 1 - LEAST_ENERGY;
  }

  float[] withoutText() {
    return keep(agrees);
  }

  float[] textOnly() {
    boolean[] text = new boolean[agrees.length];
    for (int i = 0; i < text.length; i++) {
      text[i] = !agrees[i];
    }
    return keep(text);
  }

  /** Empty where the components that agree hold no more than the text does. */
  Optional<float[]> control() {
    boolean[] kept = new boolean[agrees.length];
    java.util.Arrays.fill(kept, true);
    int stride = strideFor(agrees.length);
    double taken = 0;
    double left = 1;
    for (int step = 0, i = 0; step < agrees.length && taken < energyOfText; step++) {
      if (agrees[i]) {
        kept[i] = false;
        double energy = (double) embedding[i] * embedding[i];
        taken += energy;
        left -= energy;
      }
      i = (i + stride) % agrees.length;
    }
    return taken >= energyOfText && left > LEAST_ENERGY
        ? Optional.of(keep(kept))
        : Optional.empty();
  }

  /** Near the golden section of the length and coprime to it, so that the walk meets all. */
  private static int strideFor(int length) {
    int stride = Math.max(1, (int) (length * 0.618));
    while (gcd(stride, length) != 1) {
      stride++;
    }
    return stride;
  }

  private static int gcd(int a, int b) {
    return b == 0 ? a : gcd(b, a % b);
  }

  private float[] keep(boolean[] kept) {
    double energy = 0;
    for (int i = 0; i < kept.length; i++) {
      energy += kept[i] ? (double) embedding[i] * embedding[i] : 0;
    }
    double length = Math.sqrt(energy);
    float[] result = new float[kept.length];
    for (int i = 0; i < kept.length; i++) {
      result[i] = kept[i] ? (float) (embedding[i] / length) : 0;
    }
    return result;
  }
}
