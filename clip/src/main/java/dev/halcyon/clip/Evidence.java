package dev.halcyon.clip;

import java.util.Objects;
import java.util.Optional;

/**
 * What an image shows to one model, before any policy. The embeddings are shared, not copied:
 * nobody writes to them.
 *
 * @param model the model that looked
 * @param embedding unit embedding of the whole image, {@code model.dimensions()} long
 * @param text what looking for written text gave, empty where nobody looked
 * @param widthPixels width of the upright image
 * @param heightPixels height of the upright image
 * @param format format as read from the bytes: jpeg, png, webp, gif, bmp
 * @param contentSha256 SHA-256 in hex of the encoded image
 * @param reused whether the evidence came from the cache of identical bytes
 */
public record Evidence(
    ModelIdentity model,
    float[] embedding,
    Optional<TextEvidence> text,
    int widthPixels,
    int heightPixels,
    String format,
    String contentSha256,
    boolean reused)
    implements Outcome {
  public Evidence {
    Objects.requireNonNull(model, "model");
    Objects.requireNonNull(text, "text");
    Objects.requireNonNull(format, "format");
    Objects.requireNonNull(contentSha256, "contentSha256");
    if (embedding.length != model.dimensions()) {
      throw new IllegalArgumentException(
          "embedding has " + embedding.length + " values, the model " + model.dimensions());
    }
  }
}
