package dev.halcyon.app.decision;

import dev.halcyon.app.decision.LabelDecision.Standing;
import dev.halcyon.clip.Evidence;
import dev.halcyon.clip.ModelIdentity;
import dev.halcyon.labels.Action;
import dev.halcyon.labels.Label;
import dev.halcyon.labels.LabelSet;
import dev.halcyon.labels.LabelStatus;
import dev.halcyon.labels.TypographicPolicy.Mode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Decides by one compiled label set. Immutable, and safe for use by any thread: the same evidence
 * and context give the same decision, alone or in a batch, live or in a preview.
 */
public final class LabelSetDecider implements Decider {
  static final Comparator<LabelDecision> HIGHEST_FIRST =
      Comparator.comparingDouble(LabelDecision::score)
          .reversed()
          .thenComparing(LabelDecision::label);

  private final CompiledLabelSet set;
  private final LabelScorer scorer;
  private final TypographicCheck typographic;
  private final Explainer explainer;
  private final boolean[] activeLabels;
  private final List<CompiledLabel> canaryLabels;
  private final boolean weighsText;

  /** Decides by a set as it is. */
  public LabelSetDecider(CompiledLabelSet set) {
    this(set, Set.of());
  }

  private LabelSetDecider(CompiledLabelSet set, Set<String> shadowed) {
    this.set = set;
    this.scorer = new LabelScorer(set);
    this.typographic = new TypographicCheck(set.model());
    this.explainer = new Explainer(set);
    this.activeLabels = new boolean[set.labelCount()];
    this.canaryLabels = new ArrayList<>();
    boolean anyText = false;
    for (CompiledLabel label : set.labels()) {
      boolean counts = !shadowed.contains(label.id());
      LabelStatus own = label.label().status();
      activeLabels[label.index()] = counts && own == LabelStatus.ACTIVE;
      if (counts && own == LabelStatus.CANARY) {
        canaryLabels.add(label);
      }
      anyText |= label.label().typographic().mode() != Mode.OFF;
    }
    this.weighsText = anyText;
  }

  /** The same set with some labels in shadow, whatever their status. */
  public LabelSetDecider withShadowed(Set<String> labels) {
    return new LabelSetDecider(set, labels);
  }

  /** The set that decides. */
  public CompiledLabelSet compiled() {
    return set;
  }

  @Override
  public LabelSetVersion labelSet() {
    return set.version();
  }

  @Override
  public Decision decide(Evidence evidence, Context context) {
    return decideAll(List.of(evidence), List.of(context)).get(0);
  }

  /**
   * Decides many images, which is faster than one by one: the matrix is read once a batch.
   *
   * @param evidence of each image
   * @param contexts of each image, in the same order
   * @return one decision an image, in the same order
   * @throws IllegalArgumentException if evidence is of another model than the set was compiled for
   */
  public List<Decision> decideAll(List<Evidence> evidence, List<Context> contexts) {
    if (evidence.size() != contexts.size()) {
      throw new IllegalArgumentException(
          evidence.size() + " pieces of evidence, but " + contexts.size() + " contexts");
    }
    var decisions = new ArrayList<Decision>(evidence.size());
    for (int from = 0; from < evidence.size(); from += LabelScorer.BATCH) {
      int to = Math.min(evidence.size(), from + LabelScorer.BATCH);
      decideBatch(evidence.subList(from, to), contexts.subList(from, to), decisions);
    }
    return decisions;
  }

  private void decideBatch(
      List<Evidence> evidence, List<Context> contexts, List<Decision> decisions) {
    var embedded = new ArrayList<ViewEmbeddings>(evidence.size());
    var embeddings = new ArrayList<float[]>(evidence.size());
    for (Evidence seen : evidence) {
      requireSameModel(seen.model());
      ViewEmbeddings own = ViewEmbeddings.of(seen, weighsText);
      embedded.add(own);
      own.addTo(embeddings);
    }
    int count = embeddings.size();
    float[][] similarities = new float[count][scorer.rowCount()];
    scorer.similarities(embeddings.toArray(float[][]::new), count, similarities);
    int next = 0;
    for (int i = 0; i < embedded.size(); i++) {
      ViewEmbeddings own = embedded.get(i);
      Context context = contexts.get(i);
      boolean[] competes = competes(context);
      Views views = own.views(set, similarities, next, competes);
      next += own.count();
      decisions.add(decide(views, context, competes));
    }
  }

  private Decision decide(Views views, Context context, boolean[] competes) {
    boolean setActs = acts(context);
    Set<Flag> flags = EnumSet.noneOf(Flag.class);
    if (weighsText && views.kind() == Views.Kind.DOMINANT) {
      flags.add(Flag.TEXT_DOMINANT);
    }
    var reported = new ArrayList<LabelDecision>();
    for (CompiledGroup group : set.groups()) {
      boolean flips = views.masked().isPresent() && typographic.flips(group, set, views);
      if (flips && setActs) {
        flags.add(Flag.TOP1_FLIP);
      }
      for (int k = 0; k < group.labelCount(); k++) {
        CompiledLabel label = set.labels().get(group.firstLabel() + k);
        if (views.mayMatter(label)) {
          boolean acts = setActs && competes[label.index()];
          decide(label, views, context, acts, flips, flags).ifPresent(reported::add);
        }
      }
    }
    reported.sort(HIGHEST_FIRST);
    return new Decision(set.version(), reported, flags);
  }

  private Optional<LabelDecision> decide(
      CompiledLabel label,
      Views views,
      Context context,
      boolean acts,
      boolean flips,
      Set<Flag> decisionFlags) {
    TypographicCheck.Verdict verdict =
        PartsCheck.weigh(label, views, typographic.weigh(label, views));
    boolean fragile = BiasCheck.isFragile(label, verdict.view());
    Set<Flag> flags = EnumSet.noneOf(Flag.class);
    verdict.claim().ifPresent(flags::add);
    if (views.kind() == Views.Kind.DOMINANT && verdict.weighed()) {
      flags.add(Flag.TEXT_DOMINANT);
    }
    if (flips && isConcerned(label, views)) {
      flags.add(Flag.TOP1_FLIP);
    }
    if (fragile) {
      flags.add(Flag.BIAS_FRAGILE);
    }
    if (acts) {
      decisionFlags.addAll(flags);
    }
    double score = verdict.view().scores().score(label);
    Action action = action(label, context, verdict, flags);
    Optional<Standing> standing = standing(label, verdict, score, action, fragile, acts);
    return standing.map(
        stands ->
            new LabelDecision(
                label.id(),
                label.vectors().display(),
                label.label().group(),
                stands,
                score,
                verdict.view().scores().similarity(label),
                label.threshold().score(),
                label.label().severity(),
                stands == Standing.REVIEW ? Action.REVIEW : action,
                flags,
                explainer.explain(label, views, verdict)));
  }

  /** A flip concerns the label that won and the one that wins without the text. */
  private static boolean isConcerned(CompiledLabel label, Views views) {
    return label.label().typographic().mode() != Mode.OFF
        && (label.position() == views.whole().scores().winner(label.group())
            || label.position() == views.masked().orElseThrow().scores().winner(label.group()));
  }

  private static Action action(
      CompiledLabel label, Context context, TypographicCheck.Verdict verdict, Set<Flag> flags) {
    Label written = label.label();
    Action action = written.actionFor(context.surface());
    Action least = action == Action.TAG ? Action.TAG : Action.REVIEW;
    if (verdict.claim().isPresent()) {
      Action wanted =
          verdict.claim().get() == Flag.INFLATED
              ? written.typographic().onInflated()
              : written.typographic().onSuppressed();
      action = stronger(wanted, least);
    }
    boolean mayBlock =
        label.vectors().mayBlock() && !verdict.doubtful() && !flags.contains(Flag.TOP1_FLIP);
    if (action == Action.BLOCK && !mayBlock) {
      action = Action.REVIEW;
    }
    if (written.bias().sensitive() && flags.contains(Flag.BIAS_FRAGILE)) {
      action = Action.REVIEW;
    }
    return action;
  }

  private static Optional<Standing> standing(
      CompiledLabel label,
      TypographicCheck.Verdict verdict,
      double score,
      Action action,
      boolean fragile,
      boolean acts) {
    if (!acts) {
      return verdict.fires() ? Optional.of(Standing.SHADOW) : Optional.empty();
    }
    boolean wrongsSomeone = fragile && label.label().bias().sensitive();
    if (verdict.fires() && !wrongsSomeone) {
      return Optional.of(Standing.FIRED);
    }
    boolean claimed = verdict.claim().isPresent() && action != Action.TAG;
    return wrongsSomeone || claimed || score >= label.review().score()
        ? Optional.of(Standing.REVIEW)
        : Optional.empty();
  }

  private static Action stronger(Action a, Action b) {
    return a.compareTo(b) >= 0 ? a : b;
  }

  /** Whether the set acts on the image, or is in shadow for it. */
  private boolean acts(Context context) {
    LabelSet written = set.labelSet();
    return switch (written.status()) {
      case ACTIVE -> true;
      case CANARY -> StableShare.holds(written.name(), context.imageId(), written.rolloutPercent());
      case SHADOW, DRAFT, RETIRED -> false;
    };
  }

  static boolean isInRollout(String set, String imageId, double percent) {
    return StableShare.holds(set, imageId, percent);
  }

  /** By label index: whether the label itself is more than a shadow for the image. */
  private boolean[] competes(Context context) {
    if (canaryLabels.isEmpty()) {
      return activeLabels;
    }
    boolean[] competes = activeLabels.clone();
    for (CompiledLabel label : canaryLabels) {
      competes[label.index()] =
          StableShare.holds(
              set.labelSet().name() + "/" + label.id(),
              context.imageId(),
              label.label().canaryPercent());
    }
    return competes;
  }

  private void requireSameModel(ModelIdentity seen) {
    ModelIdentity own = set.model();
    if (!seen.hash().equals(own.hash())
        || !seen.preprocessingId().equals(own.preprocessingId())
        || seen.dimensions() != own.dimensions()) {
      throw new IllegalArgumentException(
          "evidence of model "
              + seen.id()
              + " ("
              + seen.hash()
              + ", "
              + seen.preprocessingId()
              + ") cannot be decided by label set "
              + set.version().name()
              + " compiled for "
              + own.id()
              + " ("
              + own.hash()
              + ", "
              + own.preprocessingId()
              + "); analyze the image again");
    }
  }
}
