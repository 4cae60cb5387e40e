package dev.halcyon.app.topology;

import dev.halcyon.app.decision.Decider;
import dev.halcyon.app.decision.Decision;
import dev.halcyon.app.decision.Flag;
import dev.halcyon.app.decision.LabelDecision;
import dev.halcyon.app.decision.LabelDecision.Standing;
import dev.halcyon.app.decision.LabelSetVersion;
import dev.halcyon.clip.Evidence;
import dev.halcyon.labels.Action;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/** Finds the same labels in every image, named after the version that decides. */
record TestDecider(int version) implements Decider {
  @Override
  public Decision decide(Evidence evidence, Context context) {
    return new Decision(
        labelSet(),
        List.of(
            label("block-v" + version, Standing.FIRED, 0.9, Action.BLOCK),
            label("tag-v" + version, Standing.FIRED, 0.8, Action.TAG),
            label("near-v" + version, Standing.REVIEW, 0.4, Action.BLOCK),
            label("shadow-v" + version, Standing.SHADOW, 0.7, Action.BLOCK)),
        Set.of(Flag.INFLATED));
  }

  @Override
  public LabelSetVersion labelSet() {
    return new LabelSetVersion("test", version, "hash-of-" + version);
  }

  private static LabelDecision label(String id, Standing standing, double score, Action action) {
    return new LabelDecision(
        id,
        Optional.of(id + " shown"),
        "group",
        standing,
        score,
        24.5,
        0.5,
        4,
        action,
        Set.of(Flag.SUPPRESSED, Flag.INFLATED),
        new LabelDecision.Explanation(
            Optional.of("a photo of it"),
            OptionalDouble.of(24.5),
            Optional.of("a photo"),
            OptionalDouble.of(20.25),
            OptionalDouble.of(0.6),
            OptionalDouble.empty(),
            OptionalDouble.of(22),
            OptionalDouble.empty(),
            Optional.of("words")));
  }
}
