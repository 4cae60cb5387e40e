package dev.halcyon.app.decision;

import dev.halcyon.app.decision.LabelDecision.Standing;
import dev.halcyon.clip.Evidence;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Several label sets for one surface. One of them decides each image: a set on canary for its share
 * of image ids, the active set for the rest. The others are in shadow: what they would have fired
 * is reported under {@code set/label} and acted on never. Immutable, and safe for use by any thread
 * if its deciders are.
 */
public final class SideBySideDecider implements Decider {
  private final Optional<Decider> active;
  private final List<Canary> canaries;
  private final List<Decider> shadows;
  private final Decider first;

  /**
   * A set on canary.
   *
   * @param decider decides its share; in shadow for other images
   * @param percent size of the share
   */
  public record Canary(Decider decider, double percent) {
    boolean holds(String imageId) {
      return LabelSetDecider.isInRollout(decider.labelSet().name(), imageId, percent);
    }
  }

  /**
   * Sets side by side, at least one.
   *
   * @param active the set in force, if any is
   * @param canaries sets on canary, the first to claim an image first
   * @param shadows sets in shadow
   */
  public SideBySideDecider(Optional<Decider> active, List<Canary> canaries, List<Decider> shadows) {
    this.active = active;
    this.canaries = List.copyOf(canaries);
    this.shadows = List.copyOf(shadows);
    var all = new ArrayList<Decider>();
    active.ifPresent(all::add);
    canaries.forEach(canary -> all.add(canary.decider()));
    all.addAll(shadows);
    if (all.isEmpty()) {
      throw new IllegalArgumentException("no label set at all");
    }
    this.first = all.get(0);
  }

  @Override
  public Decision decide(Evidence evidence, Context context) {
    Decider chosen = choose(context.imageId());
    Decision decision = chosen.decide(evidence, context);
    var labels = new ArrayList<>(decision.labels());
    active.ifPresent(decider -> addShadow(decider, chosen, evidence, context, labels));
    canaries.forEach(canary -> addShadow(canary.decider(), chosen, evidence, context, labels));
    shadows.forEach(decider -> addShadow(decider, chosen, evidence, context, labels));
    labels.sort(LabelSetDecider.HIGHEST_FIRST);
    return new Decision(decision.labelSet(), labels, decision.flags());
  }

  /** The active set, or the first of the others where none is. */
  @Override
  public LabelSetVersion labelSet() {
    return first.labelSet();
  }

  private Decider choose(String imageId) {
    for (Canary canary : canaries) {
      if (canary.holds(imageId)) {
        return canary.decider();
      }
    }
    return first;
  }

  private static void addShadow(
      Decider decider,
      Decider chosen,
      Evidence evidence,
      Context context,
      List<LabelDecision> labels) {
    if (decider.equals(chosen)) {
      return;
    }
    String set = decider.labelSet().name();
    for (LabelDecision label : decider.decide(evidence, context).labels()) {
      if (label.standing() != Standing.REVIEW) {
        labels.add(label.inShadowOf(set));
      }
    }
  }
}
