package dev.halcyon.app.decision;

import dev.halcyon.labels.TypographicPolicy.Polarity;
import java.util.List;
import java.util.Optional;

/**
 * The ways of looking at one image.
 *
 * @param whole the image as it is
 * @param parts what the whole does not show: tiles of a long picture, further frames of an
 *     animation
 * @param masked without its written text, where text was found or the mirror image shows some
 * @param textOnly its written text alone
 * @param control with an equal share of something else taken away
 * @param kind what {@code masked} was made from
 * @param textSpeaks whether {@code textOnly} is little more than words, so that what it scores is
 *     what they say
 * @param readTexts what was read, box by box
 */
record Views(
    View whole,
    List<View> parts,
    Optional<View> masked,
    Optional<View> textOnly,
    Optional<View> control,
    Kind kind,
    boolean textSpeaks,
    List<String> readTexts) {

  /** What an image's text is known from. */
  enum Kind {
    /** Nobody looked, or nothing was found. */
    NONE,
    /** Boxes cover less than half of the image. */
    BOXES,
    /** Boxes cover more than half of the image. */
    DOMINANT,
    /** No box was found; the mirror image stands in. */
    MIRROR
  }

  /** Whether any view that may decide reaches the label's review bar: if none does, it is quiet. */
  boolean mayMatter(CompiledLabel label) {
    return matters(whole, label)
        || (label.label().typographic().polarity() == Polarity.HARM
            && parts.stream().anyMatch(part -> matters(part, label)))
        || (masked.isPresent() && matters(masked.get(), label))
        || (textOnly.isPresent()
            && label.label().typographic().textIsViolation()
            && matters(textOnly.get(), label));
  }

  private static boolean matters(View view, CompiledLabel label) {
    return view.scores().reaches(label, label.review())
        || view.scores().counterfactualReaches(label, label.threshold());
  }
}
