package dev.halcyon.clip;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What looking for written text in an image gave. Embeddings are of unit length.
 *
 * @param boxes boxes of written text, largest first; empty where none was found
 * @param areaFraction share of the image the boxes cover, in [0, 1]
 * @param masked embedding with the boxes filled, present where there are boxes
 * @param textOnly embedding of the boxes alone on a neutral canvas, present where there are boxes
 * @param control embedding with an equal area elsewhere filled, present where there is room for it
 * @param mirror embedding of the mirror image, present where no box was found
 */
public record TextEvidence(
    List<TextBox> boxes,
    float areaFraction,
    Optional<float[]> masked,
    Optional<float[]> textOnly,
    Optional<float[]> control,
    Optional<float[]> mirror) {
  public TextEvidence {
    boxes = List.copyOf(boxes);
    Objects.requireNonNull(masked, "masked");
    Objects.requireNonNull(textOnly, "textOnly");
    Objects.requireNonNull(control, "control");
    Objects.requireNonNull(mirror, "mirror");
  }
}
