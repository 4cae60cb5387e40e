package dev.halcyon.bench.kill;

import dev.halcyon.app.decision.Decider;
import dev.halcyon.app.decision.Decision;
import dev.halcyon.app.decision.LabelDecision;
import dev.halcyon.app.decision.LabelDecision.Explanation;
import dev.halcyon.app.decision.LabelDecision.Standing;
import dev.halcyon.app.decision.LabelSetVersion;
import dev.halcyon.clip.Evidence;
import dev.halcyon.labels.Action;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.IntStream;

/** Finds none, one or two labels to alert on, as the image's hash has it. */
final class HashDecider implements Decider {
  private static final LabelSetVersion VERSION = new LabelSetVersion("hash", 1, "0".repeat(64));
  private static final Explanation NO_EXPLANATION =
      new Explanation(
          Optional.empty(),
          OptionalDouble.empty(),
          Optional.empty(),
          OptionalDouble.empty(),
          OptionalDouble.empty(),
          OptionalDouble.empty(),
          OptionalDouble.empty(),
          OptionalDouble.empty(),
          Optional.empty());

  @Override
  public Decision decide(Evidence evidence, Context context) {
    int alerts = (int) (Long.parseLong(evidence.contentSha256(), 16) % 3);
    List<LabelDecision> labels = IntStream.range(0, alerts).mapToObj(HashDecider::label).toList();
    return new Decision(VERSION, labels, Set.of());
  }

  @Override
  public LabelSetVersion labelSet() {
    return VERSION;
  }

  private static LabelDecision label(int index) {
    return new LabelDecision(
        "label-" + index,
        Optional.empty(),
        "hash",
        Standing.FIRED,
        0.9,
        25,
        0.5,
        4,
        Action.BLOCK,
        Set.of(),
        NO_EXPLANATION);
  }
}
