package dev.halcyon.clip;

import java.util.Objects;
import java.util.Optional;

/**
 * A box of written text. Edges are shares of the upright image's width and height, in [0, 1].
 *
 * @param text the text read in the box, where it was read
 * @param confidence the detector's confidence in [0, 1]
 */
public record TextBox(
    float x1, float y1, float x2, float y2, Optional<String> text, float confidence) {
  public TextBox {
    Objects.requireNonNull(text, "text");
  }
}
