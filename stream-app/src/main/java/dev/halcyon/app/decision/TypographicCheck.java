package dev.halcyon.app.decision;

import dev.halcyon.clip.ModelIdentity;
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
 * <p>A claim needs more than a changed mind. {@link Flag#INFLATED} needs the fall, and that the
 * words name the label or fire it alone; both claims need that masking an equal share elsewhere
 * does not change the mind as well. Where a view other than the whole image decides without a
 * claim, the verdict is doubtful: a person looks, nothing is blocked.
 */
final class TypographicCheck {
  /** Least fall that counts as inflation for models trained with a softmax, as CLIP. */
  static final double DELTA_SOFTMAX = 4;

  /** The same for models trained with a sigmoid, as SigLIP. */
  static final double DELTA_SIGMOID = 3;

  /** A score is near its threshold if a change of this many deltas would cross it. */
  private static final double NEAR_DELTAS = 2;

  private final double defaultDelta;

  TypographicCheck(ModelIdentity model) {
    this.defaultDelta = model.logitBias() == 0 ? DELTA_SOFTMAX : DELTA_SIGMOID;
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
   * Whether masking the text changes the winner of an exclusive group, while masking as much
   * elsewhere does not, and a label that fires is concerned.
   */
  boolean flips(CompiledGroup group, CompiledLabelSet set, Views views) {
    if (group.group().mode() != LabelGroup.Mode.EXCLUSIVE
        || views.kind() == Views.Kind.DOMINANT
        || views.masked().isEmpty()
        || views.control().isEmpty()) {
      return false;
    }
    int whole = views.whole().scores().winner(group);
    int masked = views.masked().get().scores().winner(group);
    return whole != masked
        && views.control().get().scores().winner(group) == whole
        && (wins(group, set, views.whole(), whole)
            || wins(group, set, views.masked().get(), masked));
  }

  private static boolean wins(CompiledGroup group, CompiledLabelSet set, View view, int position) {
    if (position == Frame.ABSENT) {
      return false;
    }
    CompiledLabel label = set.labels().get(group.firstLabel() + position);
    return label.label().typographic().mode() != Mode.OFF && view.fires(label);
  }

  private Optional<Flag> claim(CompiledLabel label, Views views, boolean firesWhole) {
    if (views.control().isEmpty() || views.control().get().fires(label) != firesWhole) {
      return Optional.empty();
    }
    if (!firesWhole) {
      return Optional.of(Flag.SUPPRESSED);
    }
    boolean inflated =
        !label.label().typographic().textIsViolation()
            && fall(label, views) >= delta(label)
            && (views.textOnly().map(view -> view.fires(label)).orElse(false)
                || ReadWords.name(label.terms(), views.readTexts()));
    return inflated ? Optional.of(Flag.INFLATED) : Optional.empty();
  }

  private static double fall(CompiledLabel label, Views views) {
    return views.whole().scores().similarity(label)
        - views.masked().orElseThrow().scores().similarity(label);
  }

  private double delta(CompiledLabel label) {
    return label.label().typographic().delta().orElse(defaultDelta);
  }

  /** The change of similarity that would bring the score to its threshold. */
  private boolean isNear(CompiledLabel label, View whole) {
    double score = whole.scores().score(label);
    double logit = Math.log(score) - Math.log1p(-score);
    double temperature = label.learned() ? 1 : label.group().group().temperature();
    return Math.abs(logit - label.threshold().logit()) * temperature <= NEAR_DELTAS * delta(label);
  }

  private static View greater(CompiledLabel label, View a, View b) {
    return b.scores().score(label) > a.scores().score(label) ? b : a;
  }

  private static View lesser(CompiledLabel label, View a, View b) {
    return b.scores().score(label) < a.scores().score(label) ? b : a;
  }
}
