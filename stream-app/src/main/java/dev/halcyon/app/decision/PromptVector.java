package dev.halcyon.app.decision;

import java.util.Objects;

/**
 * A prompt as its author wrote it, and what it compiled to.
 *
 * @param prompt as written, without its template
 * @param vector unit vector: the mean over the template's sentences. Shared, never written to
 */
public record PromptVector(String prompt, float[] vector) {
  public PromptVector {
    Objects.requireNonNull(prompt, "prompt");
    Objects.requireNonNull(vector, "vector");
  }
}
