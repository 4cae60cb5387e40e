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
  private final List<Decider> all;
  private final List<Canary> canaries;

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
    this.canaries = List.copyOf(canaries);
    var everyone = new ArrayList<Decider>();
    active.ifPresent(everyone::add);
    canaries.forEach(canary -> everyone.add(canary.decider()));
    everyone.addAll(shadows);
    if (everyone.isEmpty()) {
      throw new IllegalArgumentException("no label set at all");
    }
    this.all = List.copyOf(everyone);
  }

  @Override
  public Decision decide(Evidence evidence, Context context) {
    var decisions = new ArrayList<Decision>(all.size());
    all.forEach(decider -> decisions.add(decider.decide(evidence, context)));
    return together(decisions, context);
  }

  @Override
  public List<Decision> decideAll(List<Evidence> evidence, List<Context> contexts) {
    var bySet = new ArrayList<List<Decision>>(all.size());
    all.forEach(decider -> bySet.add(decider.decideAll(evidence, contexts)));
    var decisions = new ArrayList<Decision>(evidence.size());
    for (int i = 0; i < evidence.size(); i++) {
      var ofImage = new ArrayList<Decision>(all.size());
      for (List<Decision> ofSet : bySet) {
        ofImage.add(ofSet.get(i));
      }
      decisions.add(together(ofImage, contexts.get(i)));
    }
    return decisions;
  }

  /** The active set, or the first of the others where none is. */
  @Override
  public LabelSetVersion labelSet() {
    return all.get(0).labelSet();
  }

  /** The decision of the set that has the image, beside it what the others would have done. */
  private Decision together(List<Decision> decisions, Context context) {
    int chosen = choose(context.imageId());
    Decision decision = decisions.get(chosen);
    var labels = new ArrayList<>(decision.labels());
    for (int k = 0; k < decisions.size(); k++) {
      if (k == chosen) {
        continue;
      }
      String set = all.get(k).labelSet().name();
      for (LabelDecision label : decisions.get(k).labels()) {
        if (label.standing() != Standing.REVIEW) {
          labels.add(label.inShadowOf(set));
        }
      }
    }
    labels.sort(LabelSetDecider.HIGHEST_FIRST);
    return new Decision(decision.labelSet(), labels, decision.flags());
  }

  private int choose(String imageId) {
    for (Canary canary : canaries) {
      if (canary.holds(imageId)) {
        return all.indexOf(canary.decider());
      }
    }
    return 0;
  }
}
