package dev.halcyon.app.decision;

import dev.halcyon.clip.Evidence;
import java.util.ArrayList;
import java.util.List;
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

  /**
   * Decides many images; the same decisions as one by one.
   *
   * @param evidence of each image
   * @param contexts of each image, in the same order
   * @return one decision an image, in the same order
   * @throws IllegalArgumentException as for {@link #decide}, or if there is not a context for each
   *     piece of evidence
   */
  default List<Decision> decideAll(List<Evidence> evidence, List<Context> contexts) {
    requireAsMany(evidence, contexts);
    var decisions = new ArrayList<Decision>(evidence.size());
    for (int i = 0; i < evidence.size(); i++) {
      decisions.add(decide(evidence.get(i), contexts.get(i)));
    }
    return decisions;
  }

  /** Refuses batches whose parts do not belong together. */
  static void requireAsMany(List<Evidence> evidence, List<Context> contexts) {
    if (evidence.size() != contexts.size()) {
      throw new IllegalArgumentException(
          evidence.size() + " pieces of evidence, but " + contexts.size() + " contexts");
    }
  }

  /** The version that decides. */
  LabelSetVersion labelSet();
}
