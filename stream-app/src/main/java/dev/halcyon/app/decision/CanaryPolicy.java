package dev.halcyon.app.decision;

import dev.halcyon.labels.Label;
import java.util.List;

/**
 * What decides the canary pictures of a surface: pictures whose groups are known, sent to see how
 * groups are treated.
 *
 * @param decider decides as for uploads, and counts towards no quota
 * @param labels the labels of the set that decides, for their limits
 */
public record CanaryPolicy(Decider decider, List<Label> labels) {
  public CanaryPolicy {
    labels = List.copyOf(labels);
  }
}
