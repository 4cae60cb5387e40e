package dev.halcyon.clip;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What an image shows to one model, before any policy. The embeddings are shared, not copied:
 * nobody writes to them.
 *
 * @param model the model that looked
 * @param embedding unit embedding of the whole image, {@code model.dimensions()} long
 * @param parts unit embeddings of what the whole does not show: tiles of a picture too long for the
 *     model's centre crop, further frames of an animation; empty for most images
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
    List<float[]> parts,
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
    parts = List.copyOf(parts);
    check(embedding, model);
    parts.forEach(part -> check(part, model));
  }

  /** Evidence of an image that the whole shows completely. */
  public Evidence(
      ModelIdentity model,
      float[] embedding,
      Optional<TextEvidence> text,
      int widthPixels,
      int heightPixels,
      String format,
      String contentSha256,
      boolean reused) {
    this(
        model,
        embedding,
        List.of(),
        text,
        widthPixels,
        heightPixels,
        format,
        contentSha256,
        reused);
  }

  private static void check(float[] embedding, ModelIdentity model) {
    if (embedding.length != model.dimensions()) {
      throw new IllegalArgumentException(
          "embedding has " + embedding.length + " values, the model " + model.dimensions());
    }
  }
}
