package dev.halcyon.app.labels;

import dev.halcyon.clip.TextAnalysis;
import dev.halcyon.labels.Label;
import dev.halcyon.labels.LabelSet;
import dev.halcyon.labels.LabelStatus;
import dev.halcyon.labels.TypographicPolicy.Mode;
import java.util.Collection;

/** How much work on written text label sets ask for. */
public final class TextDemand {
  private TextDemand() {}

  /** As much as the most demanding label that is scored asks for. */
  public static TextAnalysis of(Collection<LabelSet> sets) {
    TextAnalysis most = TextAnalysis.OFF;
    for (LabelSet set : sets) {
      for (Label label : set.labels()) {
        boolean scored = label.status().compareTo(LabelStatus.SHADOW) >= 0;
        if (scored && label.typographic().mode() == Mode.ALWAYS) {
          return TextAnalysis.ALWAYS;
        }
        if (scored && label.typographic().mode() == Mode.NEAR_THRESHOLD) {
          most = TextAnalysis.LIKELY;
        }
      }
    }
    return most;
  }
}
