package dev.halcyon.clip;

import java.util.List;

/** Turns prompts into embeddings of the same space as the images. Safe for use by any thread. */
public interface TextEncoder {
  /**
   * Embeds each prompt.
   *
   * @return one unit vector of {@code model.dimensions()} values a prompt, in the order given
   * @throws IllegalArgumentException if a prompt is longer than {@link #contextLength()}
   * @throws EngineBrokenException if the runtime fails
   */
  float[][] encode(List<String> prompts);

  /** How many tokens the prompt takes, start and end marks included. */
  int countTokens(String prompt);

  /** Most tokens a prompt may take, start and end marks included. */
  int contextLength();
}
