package dev.halcyon.labels;

import java.util.List;
import java.util.OptionalDouble;

/**
 * How text written in an image is weighed for a label.
 *
 * @param mode when the image is scored without its text
 * @param polarity which error is the worse one
 * @param delta least fall of the similarity, with the text masked, that counts as inflation; the
 *     model's default where absent
 * @param onInflated what to do when only the text made the label fire
 * @param onSuppressed what to do when only the text kept the label from firing
 * @param textIsViolation whether the words themselves violate (a slur), so that masking them must
 *     not release the image
 * @param lexicon further words that count as naming the label
 */
public record TypographicPolicy(
    Mode mode,
    Polarity polarity,
    OptionalDouble delta,
    Action onInflated,
    Action onSuppressed,
    boolean textIsViolation,
    List<String> lexicon) {

  /** When an image is scored without its text. */
  public enum Mode {
    /** Never. */
    OFF,
    /** Only where the score is near the threshold; refused for severities of 4 and more. */
    NEAR_THRESHOLD,
    /** Always. */
    ALWAYS
  }

  /** Which error is the worse one. */
  public enum Polarity {
    /** A missed label harms: the greater of the scores with and without text decides. */
    HARM,
    /** A wrong label harms: the lesser decides. */
    ALLOW,
    /** The score with text decides. */
    NEUTRAL
  }

  public TypographicPolicy {
    lexicon = List.copyOf(lexicon);
  }
}
