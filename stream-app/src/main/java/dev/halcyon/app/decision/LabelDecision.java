package dev.halcyon.app.decision;

import dev.halcyon.labels.Action;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * One label's part of a decision.
 *
 * @param label label id
 * @param display display name in the set's locale
 * @param group group id
 * @param standing whether the label fired, would have fired in shadow, or asks for review
 * @param score the deciding probability in [0, 1]
 * @param similarity the deciding similarity, logit scale times cosine plus bias; for a learned
 *     label the logit of its probe
 * @param threshold the score from which the label fires
 * @param severity 0 to 6
 * @param action what to do, after flags and surface were weighed
 * @param flags warnings about this label
 * @param explanation why
 */
public record LabelDecision(
    String label,
    Optional<String> display,
    String group,
    Standing standing,
    double score,
    double similarity,
    double threshold,
    int severity,
    Action action,
    Set<Flag> flags,
    Explanation explanation) {

  /** How a label stands in a decision. */
  public enum Standing {
    /** Fired: tagged, and alerted where the action says so. */
    FIRED,
    /**
     * A person should look: below the threshold but at or above the review threshold, or flagged
     * where the flag keeps the label from firing. Alerted for review, not tagged.
     */
    REVIEW,
    /** Would have fired, but is in shadow (or outside its canary share): counted only. */
    SHADOW
  }

  /**
   * Why a label stands as it does.
   *
   * @param winningPrompt the label's prompt nearest to the image, empty for learned labels
   * @param winningPromptSimilarity its similarity
   * @param strongestBackground the background prompt or rival label nearest to the image
   * @param strongestBackgroundSimilarity its similarity
   * @param scoreWithoutText score with the text masked
   * @param scoreOfTextOnly score of the text alone
   * @param similarityWithoutText similarity with the text masked
   * @param counterfactualScore score under the projected label vector
   * @param readText text read in the image
   */
  public record Explanation(
      Optional<String> winningPrompt,
      OptionalDouble winningPromptSimilarity,
      Optional<String> strongestBackground,
      OptionalDouble strongestBackgroundSimilarity,
      OptionalDouble scoreWithoutText,
      OptionalDouble scoreOfTextOnly,
      OptionalDouble similarityWithoutText,
      OptionalDouble counterfactualScore,
      Optional<String> readText) {}

  public LabelDecision {
    flags = Set.copyOf(flags);
  }

  /** The same as a label of another set that is in shadow beside the one that decides. */
  LabelDecision inShadowOf(String set) {
    return new LabelDecision(
        set + "/" + label,
        display,
        group,
        Standing.SHADOW,
        score,
        similarity,
        threshold,
        severity,
        action,
        flags,
        explanation);
  }

  /** Whether more than a tag comes of it: an alert, for a person or to block the image. */
  public boolean alerts() {
    return switch (standing) {
      case FIRED -> action != Action.TAG;
      case REVIEW -> true;
      case SHADOW -> false;
    };
  }

  /** Whether its alert blocks the image. */
  public boolean blocks() {
    return standing == Standing.FIRED && action == Action.BLOCK;
  }
}
