package dev.halcyon.app.decision;

import dev.halcyon.clip.Evidence;
import java.util.Optional;

/**
 * Decides what one version of a label set makes of one image. Pure: the same evidence, set and
 * context give the same decision, live or in a preview.
 */
public interface Decider {
  /**
   * What a decision needs to know about an upload besides its evidence.
   *
   * @param imageId identity of the image; canary shares hash it
   * @param surface surface or tenant, chooses the action map
   */
  record Context(String imageId, Optional<String> surface) {}

  /**
   * Decides one image.
   *
   * @throws IllegalArgumentException if the evidence is of another model than the set was compiled
   *     for
   */
  Decision decide(Evidence evidence, Context context);

  /** The version that decides. */
  LabelSetVersion labelSet();
}
