package dev.halcyon.labels;

import java.util.List;
import java.util.Optional;

/**
 * Labels that are scored together.
 *
 * @param id identity within the set
 * @param mode whether the labels compete
 * @param background prompts of what an image shows when no label of the group applies; never empty
 * @param temperature divides the logit: above 1 softens, below 1 sharpens
 * @param template template for the group's prompts where a label names none
 */
public record LabelGroup(
    String id, Mode mode, List<String> background, double temperature, Optional<String> template) {

  /** How the labels of a group relate. */
  public enum Mode {
    /** Any number may apply: each is scored against the background on its own. */
    INDEPENDENT,
    /** Exactly one applies, or the background: scored by a softmax. */
    EXCLUSIVE
  }

  public LabelGroup {
    background = List.copyOf(background);
  }
}
