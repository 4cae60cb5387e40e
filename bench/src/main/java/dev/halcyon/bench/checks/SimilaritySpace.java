package dev.halcyon.bench.checks;

import dev.halcyon.clip.ModelIdentity;
import dev.halcyon.clip.TextEncoder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A space in which an image is given by its similarities: every sentence is an axis of its own. So
 * the program's own compiler and decider work on scores that a real model gave elsewhere.
 */
final class SimilaritySpace implements TextEncoder {
  private final ModelIdentity model;
  private final Map<String, Integer> axes = new HashMap<>();

  /**
   * A space.
   *
   * @param name of the model whose scores are put in
   * @param sigmoid whether it was trained with a sigmoid loss, as SigLIP
   * @param sentences most sentences there will be
   */
  SimilaritySpace(String name, boolean sigmoid, int sentences) {
    this.model =
        new ModelIdentity(name, "0".repeat(64), "published", sentences + 1, 100, sigmoid ? -10 : 0);
  }

  ModelIdentity model() {
    return model;
  }

  /** The unit embedding with these values of 100 times the cosine; what is left is on no axis. */
  float[] image(Map<String, Double> similarities) {
    float[] embedding = new float[model.dimensions()];
    double energy = 0;
    for (var entry : similarities.entrySet()) {
      double cosine = entry.getValue() / 100;
      embedding[axis(entry.getKey())] = (float) cosine;
      energy += cosine * cosine;
    }
    embedding[model.dimensions() - 1] = (float) Math.sqrt(1 - energy);
    return embedding;
  }

  @Override
  public float[][] encode(List<String> prompts) {
    float[][] vectors = new float[prompts.size()][model.dimensions()];
    for (int i = 0; i < vectors.length; i++) {
      vectors[i][axis(prompts.get(i))] = 1;
    }
    return vectors;
  }

  private int axis(String sentence) {
    int axis = axes.computeIfAbsent(sentence, unknown -> axes.size());
    if (axis >= model.dimensions() - 1) {
      throw new IllegalStateException("more sentences than " + (model.dimensions() - 1));
    }
    return axis;
  }

  @Override
  public int countTokens(String prompt) {
    return prompt.split(" ", -1).length + 2;
  }

  @Override
  public int contextLength() {
    return 77;
  }
}
