package dev.halcyon.labels;

import java.util.List;
import java.util.OptionalDouble;

/** How text written in an image is weighed for a label. */
@Shorthand("mode")
public record TypographicPolicy(
    @Field(value = "when the image is scored without its text as well", fallback = "always")
        Mode mode,
    @Field(
            value = "which error is the worse one",
            fallbackInWords = "harm where the severity is 2 or more, else neutral")
        Polarity polarity,
    @Field(
            value =
                "least fall of the similarity, with the text masked, that counts as inflation; the"
                    + " model's own where absent",
            min = 0,
            max = 100,
            exclusive = true)
        OptionalDouble delta,
    @Field(
            value = "what to do when only written text made the label fire",
            fallbackInWords = "tag where the action is tag, else review")
        Action onInflated,
    @Field(
            value = "what to do when only written text kept the label from firing",
            fallbackInWords = "tag where the action is tag, else review")
        Action onSuppressed,
    @Field(
            value =
                "whether the words themselves violate, as a slur does, so that masking them never"
                    + " releases the image",
            fallback = "false")
        boolean textIsViolation,
    @Field(value = "further words that count as naming the label", fallback = "[]")
        List<String> lexicon) {

  /** When an image is scored without its text. */
  public enum Mode {
    @Field("never")
    OFF,
    @Field("only where the score is near the threshold; refused for severities of 4 and more")
    NEAR_THRESHOLD,
    @Field("always")
    ALWAYS
  }

  /** Which error is the worse one. */
  public enum Polarity {
    @Field("a missed label harms: the greater of the scores with and without text decides")
    HARM,
    @Field("a wrong label harms: the lesser of the scores with and without text decides")
    ALLOW,
    @Field("the score with text decides")
    NEUTRAL
  }

  public TypographicPolicy {
    lexicon = List.copyOf(lexicon);
  }
}
