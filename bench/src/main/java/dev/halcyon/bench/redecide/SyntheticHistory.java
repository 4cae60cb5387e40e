package dev.halcyon.bench.redecide;

import dev.halcyon.app.decision.Decider;
import dev.halcyon.app.decision.LabelSetDecider;
import dev.halcyon.app.decision.LabelSetVersion;
import dev.halcyon.app.labels.LabelSetCompiler;
import dev.halcyon.app.labels.LabelSetRefusedException;
import dev.halcyon.clip.Evidence;
import dev.halcyon.clip.ModelIdentity;
import dev.halcyon.clip.TextEncoder;
import dev.halcyon.labels.LabelSet;
import dev.halcyon.labels.LabelSetReader;
import dev.halcyon.labels.ReadResult;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;

/**
 * A label set of as many labels as asked for and evidence to decide by it, in a space of random
 * directions. Most images lie nearest to the background, as most of real traffic lies far from what
 * is looked for; the others lie on a label and fire it.
 */
final class SyntheticHistory {
  private static final List<String> BACKGROUND =
      List.of("street", "food", "people", "screen", "room", "sky", "text", "animal");

  private final ModelIdentity model;
  private final LabelSetCompiler compiler;
  private final LabelSet set;
  private final LabelSetDecider decider;
  private final int labels;

  SyntheticHistory(int dimensions, int labels, double threshold) {
    this.labels = labels;
    this.model = new ModelIdentity("directions", "0".repeat(64), "none", dimensions, 100, 0);
    this.compiler = new LabelSetCompiler(new Directions(dimensions), model);
    StringBuilder yaml =
        new StringBuilder("name: many\ntitle: Many\nowner: bench\n")
            .append("groups: [{id: g, mode: independent, background: [")
            .append(String.join(", ", BACKGROUND))
            .append("]}]\nlabels:\n");
    for (int i = 0; i < labels; i++) {
      yaml.append(
          String.format(
              Locale.ROOT,
              "  - {id: label%d, prompts: [thing%d], threshold: %s, action: %s}\n",
              i,
              i,
              threshold,
              i % 2 == 0 ? "tag" : "review"));
    }
    this.set = ((ReadResult.Read) LabelSetReader.read(yaml.toString())).labelSet();
    try {
      this.decider =
          new LabelSetDecider(compiler.compile(set, version(), LocalDate.of(2026, 1, 1)));
    } catch (LabelSetRefusedException e) {
      throw new IllegalStateException(e);
    }
  }

  static LabelSetVersion version() {
    return new LabelSetVersion("many", 1, "0".repeat(64));
  }

  ModelIdentity model() {
    return model;
  }

  LabelSetCompiler compiler() {
    return compiler;
  }

  LabelSet set() {
    return set;
  }

  LabelSetDecider decider() {
    return decider;
  }

  /**
   * Images with one label or none.
   *
   * @param firing share of the images on which a label fires
   */
  List<Evidence> images(int count, double firing) {
    Random random = new Random(count);
    List<Evidence> images = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      boolean fires = random.nextDouble() < firing;
      String shown =
          fires
              ? "thing" + random.nextInt(labels)
              : BACKGROUND.get(random.nextInt(BACKGROUND.size()));
      float[] embedding = direction(shown, model.dimensions());
      for (int d = 0; d < embedding.length; d++) {
        embedding[d] = 0.3f * embedding[d] + (float) (random.nextGaussian() / 28);
      }
      images.add(
          new Evidence(
              model, unit(embedding), Optional.empty(), 640, 480, "jpeg", "0".repeat(64), false));
    }
    return images;
  }

  static List<Decider.Context> contexts(int count) {
    List<Decider.Context> contexts = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      contexts.add(new Decider.Context("image-" + i, Optional.empty()));
    }
    return contexts;
  }

  private static float[] direction(String word, int dimensions) {
    Random random = new Random(31L * word.hashCode());
    float[] vector = new float[dimensions];
    for (int d = 0; d < dimensions; d++) {
      vector[d] = (float) random.nextGaussian();
    }
    return unit(vector);
  }

  private static float[] unit(float[] vector) {
    double energy = 0;
    for (float value : vector) {
      energy += (double) value * value;
    }
    for (int d = 0; d < vector.length; d++) {
      vector[d] /= (float) Math.sqrt(energy);
    }
    return vector;
  }

  private record Directions(int dimensions) implements TextEncoder {
    @Override
    public float[][] encode(List<String> prompts) {
      return prompts.stream().map(prompt -> direction(prompt, dimensions)).toArray(float[][]::new);
    }

    @Override
    public int countTokens(String prompt) {
      return 3;
    }

    @Override
    public int contextLength() {
      return 77;
    }
  }
}
