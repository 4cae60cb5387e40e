package dev.halcyon.labels;

import java.util.List;

/**
 * A linear classifier on unit image embeddings, learned from examples: {@code score =
 * sigmoid(weights · embedding + bias)}.
 *
 * @param modelHash the model whose embeddings it was learned on
 * @param weights one for each embedding dimension
 * @param bias added to the product
 * @param positives how many positive examples it was learned from
 * @param negatives how many negative examples it was learned from
 */
public record Probe(
    String modelHash, List<Float> weights, double bias, int positives, int negatives) {
  public Probe {
    weights = List.copyOf(weights);
  }
}
