package dev.halcyon.app.history;

import dev.halcyon.app.decision.Decision;
import dev.halcyon.app.decision.LabelDecision;
import dev.halcyon.app.decision.LabelDecision.Standing;
import dev.halcyon.labels.Action;

/** What becomes of an image's decision, gravest first. */
public enum Change {
  NEWLY_ALERTED("newly alerted"),
  NEWLY_RELEASED("newly released"),
  CHANGED_SEVERITY("changed severity"),
  CHANGED_LABELS("changed labels"),
  UNCHANGED("unchanged");

  private final String words;

  Change(String words) {
    this.words = words;
  }

  /** The change as people read it. */
  public String words() {
    return words;
  }

  /** How one decision differs from another in what is done about the image. */
  static Change between(Decision before, Decision after) {
    if (before.labels().isEmpty() && after.labels().isEmpty()) {
      return UNCHANGED;
    }
    int was = gravity(before);
    int is = gravity(after);
    if (was == 0 && is > 0) {
      return NEWLY_ALERTED;
    }
    if (was > 0 && is == 0) {
      return NEWLY_RELEASED;
    }
    if (was != is) {
      return CHANGED_SEVERITY;
    }
    return doesTheSame(before, after) ? UNCHANGED : CHANGED_LABELS;
  }

  /** 0 where nothing alerts; else the strongest action, then the highest severity. */
  private static int gravity(Decision decision) {
    int gravity = 0;
    for (LabelDecision label : decision.labels()) {
      if (label.alerts()) {
        gravity = Math.max(gravity, 1 + label.severity() + (label.blocks() ? 100 : 0));
      }
    }
    return gravity;
  }

  /** Whether the same labels act, each in the same way; scores may differ. */
  private static boolean doesTheSame(Decision before, Decision after) {
    return acting(before) == acting(after)
        && before.labels().stream()
            .filter(label -> label.standing() != Standing.SHADOW)
            .allMatch(
                label ->
                    after.labels().stream()
                        .anyMatch(
                            other ->
                                other.label().equals(label.label()) && actsAlike(label, other)));
  }

  static boolean actsAlike(LabelDecision a, LabelDecision b) {
    return a.standing() == b.standing()
        && a.severity() == b.severity()
        && (a.standing() != Standing.FIRED || a.action() == b.action());
  }

  private static long acting(Decision decision) {
    return decision.labels().stream().filter(label -> label.standing() != Standing.SHADOW).count();
  }

  /** What a label does about an image, in a word. */
  static String action(LabelDecision label) {
    return switch (label.standing()) {
      case SHADOW -> "shadow";
      case REVIEW -> "review";
      case FIRED -> label.action() == Action.TAG ? "tag" : label.blocks() ? "block" : "review";
    };
  }
}
