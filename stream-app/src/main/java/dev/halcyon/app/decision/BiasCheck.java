package dev.halcyon.app.decision;

/**
 * Whether a decision turns on words about groups of people: the label fires as written but not with
 * group terms projected out of its whole group (Chuang et al. 2023), or the reverse. The background
 * is projected alike, so that the scores stay comparable and one threshold serves both.
 *
 * <p>What it finds is that this decision is sensitive to that wording. It says nothing of who is in
 * the picture.
 */
final class BiasCheck {
  private BiasCheck() {}

  /** Whether the label's decision by this view is fragile. */
  static boolean isFragile(CompiledLabel label, View view) {
    return label.counterfactual().isPresent()
        && view.fires(label) != view.scores().counterfactualReaches(label, label.threshold());
  }
}
