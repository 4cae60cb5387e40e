package dev.halcyon.app.decision;

import dev.halcyon.labels.LabelGroup;
import dev.halcyon.labels.TypographicPolicy;
import dev.halcyon.labels.TypographicPolicy.Mode;
import dev.halcyon.labels.TypographicPolicy.Polarity;
import java.util.Optional;

/**
 * Weighs a label by what an image shows with its written text and without. Written text raises the
 * similarity of the word it spells by 6 to 10 while the object's own falls by 0.4 to 1.7, so a
 * false alarm is known by a large fall once the text is masked, and an evasion by firing only then.
 *
 * <p>A claim needs more than a changed mind: that the words say what the image was taken for, and
 * that masking an equal share elsewhere does not change the mind as well. {@link Flag#INFLATED} and
 * {@link Flag#TOP1_FLIP} need words that name the label that fires or wins, or that fire it alone.
 * {@link Flag#SUPPRESSED} needs such a flip for labels that do no harm; a harmful one that text of
 * any kind hides is worth a look by itself. Where a view other than the whole image decides without
 * a claim, the verdict is doubtful: a person looks, nothing is blocked.
 */
final class TypographicCheck {
  /**
   * Least fall that counts as inflation for models trained with a softmax, as CLIP; measured, with
   * the next, in docs/benchmarks/checks.md.
   */
  static final double DELTA_SOFTMAX = 1;

  /** The same for models trained with a sigmoid, as SigLIP. */
  static final double DELTA_SIGMOID = 3;

  /**
   * A score is near its threshold if such a change of the similarity would cross it: what written
   * text adds to the similarity with the word it spells.
   */
  private static final double NEAR = 8;

  private final CompiledLabelSet set;
  private final double defaultDelta;

  TypographicCheck(CompiledLabelSet set) {
    this.set = set;
    this.defaultDelta = set.model().logitBias() == 0 ? DELTA_SOFTMAX : DELTA_SIGMOID;
  }

  /**
   * What a label comes to.
   *
   * @param view the view that decides
   * @param fires whether the label fires by it
   * @param claim INFLATED or SUPPRESSED, where it can be claimed
   * @param doubtful whether the label fires by a view other than the whole image, without a claim
   * @param weighed whether the view without text was weighed at all
   */
  record Verdict(
      View view, boolean fires, Optional<Flag> claim, boolean doubtful, boolean weighed) {}

  /** Weighs one label. */
  Verdict weigh(CompiledLabel label, Views views) {
    TypographicPolicy policy = label.label().typographic();
    boolean firesWhole = views.whole().fires(label);
    Verdict plain = new Verdict(views.whole(), firesWhole, Optional.empty(), false, false);
    if (policy.mode() == Mode.OFF
        || views.masked().isEmpty()
        || (policy.mode() == Mode.NEAR_THRESHOLD && !isNear(label, views.whole()))) {
      return plain;
    }
    View masked = views.masked().get();
    boolean firesMasked = masked.fires(label);
    Optional<Flag> claim =
        views.kind() == Views.Kind.DOMINANT || firesWhole == firesMasked
            ? Optional.empty()
            : claim(label, views, firesWhole);
    if (views.kind() == Views.Kind.MIRROR && claim.isEmpty()) {
      return plain;
    }
    View view = byPolarity(label, views);
    boolean fires = view.fires(label);
    return new Verdict(view, fires, claim, fires && !firesWhole && claim.isEmpty(), true);
  }

  /**
   * The view that decides where no claim is made. Near its threshold a label is taken to be always:
   * this is asked to find the threshold.
   */
  static View deciding(CompiledLabel label, Views views) {
    boolean whole =
        label.label().typographic().mode() == Mode.OFF
            || views.masked().isEmpty()
            || views.kind() == Views.Kind.MIRROR;
    return whole ? views.whole() : byPolarity(label, views);
  }

  private static View byPolarity(CompiledLabel label, Views views) {
    TypographicPolicy policy = label.label().typographic();
    View masked = views.masked().orElseThrow();
    View view = views.whole();
    if (policy.polarity() == Polarity.HARM) {
      view = greater(label, view, masked);
    } else if (policy.polarity() == Polarity.ALLOW && views.kind() != Views.Kind.DOMINANT) {
      view = lesser(label, view, masked);
    }
    if (policy.textIsViolation() && views.textOnly().isPresent()) {
      view = greater(label, view, views.textOnly().get());
    }
    return view;
  }

  /**
   * Whether the text made the winner of an exclusive group: without it another wins, which masking
   * as much elsewhere does not bring about, and the words say the winner. A label that fires must
   * be concerned.
   */
  boolean flips(CompiledGroup group, Views views) {
    if (group.group().mode() != LabelGroup.Mode.EXCLUSIVE
        || views.kind() == Views.Kind.DOMINANT
        || views.masked().isEmpty()
        || views.control().isEmpty()
        || !isLegible(views)) {
      return false;
    }
    int whole = views.whole().scores().winner(group);
    int masked = views.masked().get().scores().winner(group);
    return whole != masked
        && views.control().get().scores().winner(group) == whole
        && (wins(group, views.whole(), whole) || wins(group, views.masked().get(), masked))
        && saysWinner(group, views, whole);
  }

  private boolean wins(CompiledGroup group, View view, int position) {
    if (position == Frame.ABSENT) {
      return false;
    }
    CompiledLabel label = label(group, position);
    return label.label().typographic().mode() != Mode.OFF && view.fires(label);
  }

  private boolean saysWinner(CompiledGroup group, Views views, int position) {
    if (position == Frame.ABSENT) {
      return false;
    }
    boolean winsAlone =
        views.textSpeaks()
            && views.textOnly().map(view -> view.scores().winner(group)).orElse(Frame.ABSENT)
                == position;
    return winsAlone || ReadWords.name(label(group, position).terms(), views.readTexts());
  }

  private CompiledLabel label(CompiledGroup group, int position) {
    return set.labels().get(group.firstLabel() + position);
  }

  private Optional<Flag> claim(CompiledLabel label, Views views, boolean firesWhole) {
    if (views.control().isEmpty() || !isLegible(views)) {
      return Optional.empty();
    }
    if (!firesWhole) {
      if (views.control().get().fires(label) || !rises(label, views)) {
        return Optional.empty();
      }
      boolean worthALook =
          label.label().typographic().polarity() == Polarity.HARM
              || (flips(label.group(), views)
                  && views.masked().orElseThrow().scores().winner(label.group())
                      == label.position());
      return worthALook ? Optional.of(Flag.SUPPRESSED) : Optional.empty();
    }
    boolean inflated =
        !label.label().typographic().textIsViolation()
            && fall(label, views) >= delta(label)
            && isSpecific(label, views)
            && ((views.textSpeaks()
                    && views.textOnly().map(view -> view.fires(label)).orElse(false))
                || ReadWords.name(label.terms(), views.readTexts()));
    return inflated ? Optional.of(Flag.INFLATED) : Optional.empty();
  }

  /**
   * Whether anything was read, where there are boxes: the detector takes the outline of many a
   * thing for writing, and the reader makes no word of it.
   */
  private static boolean isLegible(Views views) {
    return views.kind() == Views.Kind.MIRROR || !views.readTexts().isEmpty();
  }

  /**
   * Whether the fall is that of the writing: masking as much elsewhere leaves the label firing, or
   * takes at most half as much from it. A label close above its threshold stops firing whatever is
   * masked.
   */
  private static boolean isSpecific(CompiledLabel label, Views views) {
    View control = views.control().orElseThrow();
    return control.fires(label) || fall(label, views.whole(), control) <= fall(label, views) / 2;
  }

  /**
   * Whether the label rises by more than the mirror image of any picture changes it; where boxes
   * were found, any rise will do.
   */
  private boolean rises(CompiledLabel label, Views views) {
    return views.kind() != Views.Kind.MIRROR
        || logit(label, views.masked().orElseThrow()) - logit(label, views.whole()) >= delta(label);
  }

  private static double fall(CompiledLabel label, Views views) {
    return fall(label, views.whole(), views.masked().orElseThrow());
  }

  private static double fall(CompiledLabel label, View from, View to) {
    return from.scores().similarity(label) - to.scores().similarity(label);
  }

  private double delta(CompiledLabel label) {
    return label.label().typographic().delta().orElse(defaultDelta);
  }

  /** Whether a change of the similarity that text makes would bring the score to its threshold. */
  private static boolean isNear(CompiledLabel label, View whole) {
    return Math.abs(logit(label, whole) - label.threshold().logit() * temperature(label)) <= NEAR;
  }

  /** A label's score as a difference of similarities. */
  private static double logit(CompiledLabel label, View view) {
    double score = view.scores().score(label);
    return (Math.log(score) - Math.log1p(-score)) * temperature(label);
  }

  private static double temperature(CompiledLabel label) {
    return label.learned() ? 1 : label.group().group().temperature();
  }

  private static View greater(CompiledLabel label, View a, View b) {
    return b.scores().score(label) > a.scores().score(label) ? b : a;
  }

  private static View lesser(CompiledLabel label, View a, View b) {
    return b.scores().score(label) < a.scores().score(label) ? b : a;
  }
}
