package dev.halcyon.app.decision;

import java.util.List;
import java.util.Set;

/**
 * What one version of one label set makes of one image.
 *
 * @param labelSet the version that decided
 * @param labels the labels that fired or are near firing, highest score first; shadow labels too
 * @param flags warnings about the decision as a whole
 */
public record Decision(LabelSetVersion labelSet, List<LabelDecision> labels, Set<Flag> flags) {
  public Decision {
    labels = List.copyOf(labels);
    flags = Set.copyOf(flags);
  }
}
