package dev.halcyon.app.decision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

final class MirrorImageTest {
  @Test
  void splitsAnEmbeddingIntoWhatAgreesAndWhatDoesNot() {
    MirrorImage mirror =
        new MirrorImage(new float[] {0.6f, -0.64f, 0.48f}, new float[] {0.5f, 0.7f, 0.2f});

    assertThat(mirror.showsText()).isTrue();
    assertThat(mirror.withoutText())
        .containsExactly(
            new float[] {
              (float) (0.6 / Math.hypot(0.6, 0.48)), 0, (float) (0.48 / Math.hypot(0.6, 0.48))
            },
            within(1e-6f));
    assertThat(mirror.textOnly()).containsExactly(new float[] {0, -1, 0}, within(1e-6f));
  }

  @Test
  void aMirrorImageThatAgreesShowsNoText() {
    float[] embedding = {0.6f, -0.8f};

    assertThat(new MirrorImage(embedding, embedding).showsText()).isFalse();
    assertThat(new MirrorImage(embedding, new float[] {-0.6f, 0.8f}).showsText()).isFalse();
  }

  @Test
  void theControlTakesAsMuchFromWhatAgrees() {
    Random random = new Random(3);
    for (int trial = 0; trial < 50; trial++) {
      float[] embedding = unit(random, 96);
      float[] mirror = embedding.clone();
      for (int i = 0; i < mirror.length; i++) {
        mirror[i] *= random.nextInt(10) == 0 ? -1 : 1;
      }
      MirrorImage image = new MirrorImage(embedding, mirror);
      if (!image.showsText()) {
        continue;
      }
      float[] control = image.control().orElseThrow();
      double textEnergy = 0;
      double takenEnergy = 0;
      double largest = 0;
      for (int i = 0; i < mirror.length; i++) {
        double energy = (double) embedding[i] * embedding[i];
        largest = Math.max(largest, energy);
        if (embedding[i] * mirror[i] <= 0) {
          textEnergy += energy;
          assertThat(control[i]).isNotZero();
        } else if (control[i] == 0) {
          takenEnergy += energy;
        }
      }
      assertThat(takenEnergy).isBetween(textEnergy, textEnergy + largest);
      assertThat(image.control()).contains(control);
    }
  }

  private static float[] unit(Random random, int length) {
    float[] vector = new float[length];
    double energy = 0;
    for (int i = 0; i < length; i++) {
      vector[i] = (float) random.nextGaussian();
      energy += (double) vector[i] * vector[i];
    }
    for (int i = 0; i < length; i++) {
      vector[i] /= (float) Math.sqrt(energy);
    }
    return vector;
  }
}
