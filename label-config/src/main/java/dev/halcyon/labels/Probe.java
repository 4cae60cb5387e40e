package dev.halcyon.labels;

import java.util.List;

/**
 * A linear classifier on unit image embeddings, learned from examples: {@code score =
 * sigmoid(weights · embedding + bias)}. A negative zero is a zero.
 */
public record Probe(
    @Field(
            value = "SHA-256 in hex over the files of the model whose embeddings it was learned on",
            pattern = "[0-9a-f]{64}",
            patternInWords = "64 digits of lower-case hexadecimal")
        String modelHash,
    @Field(value = "one weight for each embedding dimension", min = 1, maxItems = 8192)
        List<Float> weights,
    @Field("added to the product of weights and embedding") double bias,
    @Field(value = "how many positive examples it was learned from", min = 1) int positives,
    @Field(value = "how many negative examples it was learned from", min = 1) int negatives) {
  public Probe {
    weights = weights.stream().map(weight -> weight == 0 ? 0f : weight).toList();
    bias = bias == 0 ? 0.0 : bias;
  }
}
