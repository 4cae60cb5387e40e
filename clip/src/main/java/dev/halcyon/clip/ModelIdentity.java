package dev.halcyon.clip;

import java.util.Objects;

/**
 * Which model evidence comes from. Evidence of two different identities is never compared.
 *
 * @param id the model's name as its manifest gives it
 * @param hash SHA-256 in hex over the model's files
 * @param preprocessingId identity of the pixel preprocessing: resize, crop, normalisation
 * @param dimensions length of an embedding
 * @param logitScale factor from cosine to similarity, above 0 and at most 1000; models trained with
 *     softmax cap it at 100, sigmoid models do not
 * @param logitBias added to the similarity by sigmoid models, 0 otherwise
 */
public record ModelIdentity(
    String id,
    String hash,
    String preprocessingId,
    int dimensions,
    float logitScale,
    float logitBias) {
  public ModelIdentity {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(hash, "hash");
    Objects.requireNonNull(preprocessingId, "preprocessingId");
    if (dimensions < 1) {
      throw new IllegalArgumentException("dimensions " + dimensions + " is below 1");
    }
    if (!(logitScale > 0 && logitScale <= 1000)) {
      throw new IllegalArgumentException("logitScale " + logitScale + " is outside (0, 1000]");
    }
  }
}
