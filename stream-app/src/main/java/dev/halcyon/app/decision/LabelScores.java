package dev.halcyon.app.decision;

import dev.halcyon.clip.Evidence;
import dev.halcyon.labels.LabelStatus;
import dev.halcyon.labels.TypographicPolicy.Mode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The deciding score of every label on an image, thresholds aside: what thresholds are calibrated
 * on. Labels that are not active do not compete, as in live decisions. Immutable; safe for use by
 * any thread.
 */
public final class LabelScores {
  private final CompiledLabelSet set;
  private final LabelScorer scorer;
  private final boolean[] competes;
  private final boolean weighsText;

  /** Scores by a compiled set. */
  public LabelScores(CompiledLabelSet set) {
    this.set = set;
    this.scorer = new LabelScorer(set);
    this.competes = new boolean[set.labelCount()];
    boolean anyText = false;
    for (CompiledLabel label : set.labels()) {
      competes[label.index()] = label.label().status() == LabelStatus.ACTIVE;
      anyText |= label.label().typographic().mode() != Mode.OFF;
    }
    this.weighsText = anyText;
  }

  /** Ids of the scored labels, in the order of {@link #of}. */
  public List<String> labels() {
    return set.labels().stream().map(CompiledLabel::id).toList();
  }

  /**
   * The score of each label, in [0, 1].
   *
   * @param evidence of the model the set was compiled for
   * @throws IllegalArgumentException if it is of another model
   */
  public double[] of(Evidence evidence) {
    set.requireSameModel(evidence.model());
    ViewEmbeddings own = ViewEmbeddings.of(evidence, weighsText);
    var embeddings = new ArrayList<float[]>();
    own.addTo(embeddings);
    float[][] similarities = embeddings.stream().map(scorer::similarities).toArray(float[][]::new);
    Views views = own.views(set, similarities, 0, competes);
    double[] scores = new double[set.labelCount()];
    for (CompiledLabel label : set.labels()) {
      scores[label.index()] = deciding(label, views).scores().score(label);
    }
    return scores;
  }

  private static View deciding(CompiledLabel label, Views views) {
    View whole = TypographicCheck.deciding(label, views);
    TypographicCheck.Verdict quiet =
        new TypographicCheck.Verdict(whole, false, Optional.empty(), false, false);
    return PartsCheck.weigh(label, views, quiet).view();
  }
}
