package dev.halcyon.app.decision;

import dev.halcyon.app.decision.TypographicCheck.Verdict;
import dev.halcyon.labels.TypographicPolicy;
import dev.halcyon.labels.TypographicPolicy.Mode;
import dev.halcyon.labels.TypographicPolicy.Polarity;

/**
 * Looks for harm where the whole image does not show it: a label whose miss is the worse error is
 * decided by the greatest of its scores over the whole and the parts. Other labels go by the whole
 * alone, since more looks only ever add firings.
 */
final class PartsCheck {
  private PartsCheck() {}

  /**
   * The verdict by whole and parts.
   *
   * <p>Where text was found, a part that fires alone may fire by what is written in it, which was
   * masked in the whole only: such a verdict is doubtful, so that a person looks.
   *
   * @param whole the verdict by the whole
   */
  static Verdict weigh(CompiledLabel label, Views views, Verdict whole) {
    TypographicPolicy policy = label.label().typographic();
    if (policy.polarity() != Polarity.HARM || views.parts().isEmpty()) {
      return whole;
    }
    View best = whole.view();
    double greatest = best.scores().score(label);
    for (View part : views.parts()) {
      double score = part.scores().score(label);
      if (score > greatest) {
        best = part;
        greatest = score;
      }
    }
    boolean fires = best.fires(label);
    boolean byText =
        policy.mode() != Mode.OFF && !policy.textIsViolation() && views.masked().isPresent();
    return new Verdict(
        best,
        fires,
        whole.claim(),
        whole.doubtful() || (fires && !whole.fires() && byText),
        whole.weighed());
  }
}
