package dev.halcyon.app.decision;

import dev.halcyon.app.decision.LabelDecision.Standing;
import dev.halcyon.clip.Evidence;
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
  private final Sieve sieve;
  private final Decision quiet;

  /** Decides by a set as it is. */
  public LabelSetDecider(CompiledLabelSet set) {
    this(set, Set.of());
  }

  private LabelSetDecider(CompiledLabelSet set, Set<String> shadowed) {
    this.set = set;
    this.scorer = new LabelScorer(set);
    this.typographic = new TypographicCheck(set);
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
    this.sieve = new Sieve(set, activeLabels);
    this.quiet = new Decision(set.version(), List.of(), Set.of());
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
    set.requireSameModel(evidence.model());
    ViewEmbeddings own = ViewEmbeddings.of(evidence, weighsText);
    boolean[] competes = competes(context);
    return decide(own.views(set, similarities(own), 0, competes), context, competes);
  }

  /**
   * What a label comes to on an image.
   *
   * @param score the deciding probability in [0, 1]
   * @param similarity the deciding similarity
   * @param threshold the score from which the label fires
   */
  public record Weight(double score, double similarity, double threshold) {}

  /**
   * What a label of the set comes to on an image, whether or not a decision would report it.
   *
   * @return nothing where the set does not score such a label
   * @throws IllegalArgumentException if the evidence is of another model than the set was compiled
   *     for
   */
  public Optional<Weight> weigh(Evidence evidence, Context context, String label) {
    set.requireSameModel(evidence.model());
    for (CompiledLabel compiled : set.labels()) {
      if (compiled.id().equals(label)) {
        ViewEmbeddings own = ViewEmbeddings.of(evidence, weighsText);
        Views views = own.views(set, similarities(own), 0, competes(context));
        Scores scores = typographic.weigh(compiled, views).view().scores();
        return Optional.of(
            new Weight(
                scores.score(compiled), scores.similarity(compiled), compiled.threshold().score()));
      }
    }
    return Optional.empty();
  }

  private float[][] similarities(ViewEmbeddings own) {
    var embeddings = new ArrayList<float[]>();
    own.addTo(embeddings);
    return embeddings.stream().map(scorer::similarities).toArray(float[][]::new);
  }

  /**
   * Decides many images, which is far faster than one by one where most are quiet.
   *
   * @throws IllegalArgumentException if evidence is of another model than the set was compiled for
   */
  @Override
  public List<Decision> decideAll(List<Evidence> evidence, List<Context> contexts) {
    if (evidence.size() < LabelScorer.COLUMNS_FROM) {
      return Decider.super.decideAll(evidence, contexts);
    }
    Decider.requireAsMany(evidence, contexts);
    var decisions = new ArrayList<Decision>(evidence.size());
    var images = new ArrayList<ViewEmbeddings>();
    var embeddings = new ArrayList<float[]>();
    Columns columns = scorer.columns(evidence.size());
    float[] excess = new float[columns.width()];
    for (Evidence seen : evidence) {
      set.requireSameModel(seen.model());
      ViewEmbeddings own = ViewEmbeddings.of(seen, weighsText);
      if (embeddings.size() + own.count() > columns.width()) {
        decideColumns(images, embeddings, contexts, columns, excess, decisions);
      }
      images.add(own);
      own.addTo(embeddings);
    }
    decideColumns(images, embeddings, contexts, columns, excess, decisions);
    return decisions;
  }

  /** Decides what was gathered, the images after those decided so far, and forgets it. */
  private void decideColumns(
      List<ViewEmbeddings> images,
      List<float[]> embeddings,
      List<Context> contexts,
      Columns columns,
      float[] excess,
      List<Decision> decisions) {
    columns.fill(embeddings);
    sieve.excess(columns, embeddings.size(), excess);
    int next = 0;
    for (ViewEmbeddings own : images) {
      if (isQuiet(own, excess, next)) {
        decisions.add(quiet);
      } else {
        float[][] similarities = new float[own.count()][];
        for (int view = 0; view < similarities.length; view++) {
          similarities[view] = columns.similarities(next + view);
        }
        Context context = contexts.get(decisions.size());
        boolean[] competes = competes(context);
        decisions.add(decide(own.views(set, similarities, 0, competes), context, competes));
      }
      next += own.count();
    }
    images.clear();
    embeddings.clear();
  }

  /** Whether nothing is to be said of an image: no label and no flag. */
  private static boolean isQuiet(ViewEmbeddings image, float[] excess, int first) {
    if (image.kind() == Views.Kind.DOMINANT) {
      return false;
    }
    for (int view = 0; view < image.count(); view++) {
      // Written so that a similarity that is no number counts as loud.
      if (!(excess[first + view] < 0)) {
        return false;
      }
    }
    return true;
  }

  private Decision decide(Views views, Context context, boolean[] competes) {
    boolean setActs = acts(context);
    Set<Flag> flags = EnumSet.noneOf(Flag.class);
    if (weighsText && views.kind() == Views.Kind.DOMINANT) {
      flags.add(Flag.TEXT_DOMINANT);
    }
    var reported = new ArrayList<LabelDecision>();
    for (CompiledGroup group : set.groups()) {
      boolean flips = views.masked().isPresent() && typographic.flips(group, views);
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
    double score = verdict.view().scores().score(label);
    Action action = action(label, context, verdict, flags);
    Optional<Standing> standing = standing(label, verdict, score, action, fragile, acts);
    if (acts && standing.isPresent()) {
      decisionFlags.addAll(flags);
    } else if (acts && fragile) {
      decisionFlags.add(Flag.BIAS_FRAGILE);
    }
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
}
