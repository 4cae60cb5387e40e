package dev.halcyon.app.labels;

import dev.halcyon.app.decision.CompiledLabelSet;
import dev.halcyon.app.decision.GroupVectors;
import dev.halcyon.app.decision.LabelSetVersion;
import dev.halcyon.app.decision.LabelVectors;
import dev.halcyon.app.decision.PromptVector;
import dev.halcyon.clip.ModelIdentity;
import dev.halcyon.clip.TextEncoder;
import dev.halcyon.labels.BiasPolicy;
import dev.halcyon.labels.Label;
import dev.halcyon.labels.LabelGroup;
import dev.halcyon.labels.LabelSet;
import dev.halcyon.labels.LabelSetValidator;
import dev.halcyon.labels.LabelStatus;
import dev.halcyon.labels.Problem;
import dev.halcyon.labels.PromptCheck;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Compiles label sets: prompts to vectors of one model. A label's vector is {@code norm(mean
 * norm(g(sentence)))} over its prompts, each in every sentence of its template (prompt ensembling,
 * Radford et al. 2021, section 3.1.4).
 *
 * <p>Every sentence is encoded once, all of them in one call, and the embeddings of a set's last
 * compilation are kept: an edit encodes only what it changed. Safe for use by any thread.
 */
public final class LabelSetCompiler {
  private final TextEncoder encoder;
  private final ModelIdentity model;
  private final PromptCheck promptCheck;
  private final Map<String, Map<String, float[]>> embeddingsBySet = new ConcurrentHashMap<>();

  /**
   * A compiler.
   *
   * @param encoder of the model
   * @param model the model whose evidence is to be scored
   */
  public LabelSetCompiler(TextEncoder encoder, ModelIdentity model) {
    this.encoder = encoder;
    this.model = model;
    this.promptCheck =
        new PromptCheck() {
          @Override
          public int tokens(String sentence) {
            return encoder.countTokens(sentence);
          }

          @Override
          public int contextLength() {
            return encoder.contextLength();
          }
        };
  }

  /** The model whose evidence the compiled sets score. */
  public ModelIdentity model() {
    return model;
  }

  /**
   * Compiles a label set as it stands on one day. Labels that are drafts, retired or expired are
   * left out, and a waiver that is over no longer lets a sensitive label block; {@link
   * CompiledLabelSet#lastDay()} says how long that holds.
   *
   * @param set a sound set
   * @param version its version
   * @param day the day (UTC) for which expiry is judged
   * @throws LabelSetRefusedException if a prompt is longer than the model's context or a label has
   *     no direction in the model's space
   * @throws dev.halcyon.clip.EngineBrokenException if the runtime fails
   */
  public CompiledLabelSet compile(LabelSet set, LabelSetVersion version, LocalDate day)
      throws LabelSetRefusedException {
    Compilation compilation = encoded(set, day);
    List<GroupVectors> groups = compilation.groups();
    refuseIfAny(compilation.problems);
    embeddingsBySet.put(set.name(), compilation.embeddings.all());
    return new CompiledLabelSet(
        set, version, model, groups, compilation.lastDay(), compilation.warnings);
  }

  /**
   * Encodes the prompts of a set ahead of its compilation, which then finds them.
   *
   * @param set a sound set
   * @param day the day (UTC) for which it is going to be compiled
   * @throws LabelSetRefusedException if a prompt is longer than the model's context
   * @throws dev.halcyon.clip.EngineBrokenException if the runtime fails
   */
  public void prepare(LabelSet set, LocalDate day) throws LabelSetRefusedException {
    embeddingsBySet.put(set.name(), encoded(set, day).embeddings.all());
  }

  private Compilation encoded(LabelSet set, LocalDate day) throws LabelSetRefusedException {
    refuseIfAny(promptProblems(set).stream().map(Problem::toString).toList());
    Compilation compilation = new Compilation(set, day);
    compilation.gatherSentences();
    compilation.embeddings.encode(encoder, embeddingsBySet.getOrDefault(set.name(), Map.of()));
    return compilation;
  }

  /** The prompts that are longer than the model's context, without compiling anything. */
  public List<Problem> promptProblems(LabelSet set) {
    return LabelSetValidator.prompts(set, promptCheck);
  }

  /** Forgets the embeddings kept for a set that is no longer in force. */
  void forget(String name) {
    embeddingsBySet.remove(name);
  }

  private static void refuseIfAny(List<String> problems) throws LabelSetRefusedException {
    if (!problems.isEmpty()) {
      throw new LabelSetRefusedException(problems);
    }
  }

  /** One run of the compiler. */
  private final class Compilation {
    final LabelSet set;
    final LocalDate day;
    final PromptEmbeddings embeddings = new PromptEmbeddings();
    final List<String> problems = new ArrayList<>();
    final List<String> warnings = new ArrayList<>();

    Compilation(LabelSet set, LocalDate day) {
      this.set = set;
      this.day = day;
    }

    void gatherSentences() {
      for (LabelGroup group : set.groups()) {
        List<Label> labels = scored(group);
        if (labels.isEmpty()) {
          continue;
        }
        group.background().forEach(prompt -> embeddings.want(set.sentences(group, prompt)));
        for (Label label : labels) {
          label.prompts().forEach(prompt -> embeddings.want(set.sentences(label, prompt)));
          label.negativePrompts().forEach(prompt -> embeddings.want(set.sentences(label, prompt)));
        }
        axesOf(labels)
            .forEach(
                (axes, decided) -> {
                  for (CounterfactualAxis axis : axes) {
                    axis.groupPrompts().forEach(embeddings::want);
                    for (Label label : decided) {
                      label
                          .prompts()
                          .forEach(prompt -> embeddings.want(axis.counterfactuals(prompt)));
                    }
                  }
                });
      }
    }

    List<GroupVectors> groups() {
      var groups = new ArrayList<GroupVectors>();
      for (LabelGroup group : set.groups()) {
        List<Label> labels = scored(group);
        if (!labels.isEmpty()) {
          groups.add(group(group, labels));
        }
      }
      return groups;
    }

    /** The last day on which what was compiled is what the set says. */
    Optional<LocalDate> lastDay() {
      var days = new TreeSet<LocalDate>();
      for (Label label : set.labels()) {
        if (isScored(label)) {
          label.expires().ifPresent(days::add);
          if (waiverHolds(label.bias())) {
            days.add(label.bias().waiver().get().until());
          }
        }
      }
      return days.stream().findFirst();
    }

    private GroupVectors group(LabelGroup group, List<Label> labels) {
      var background = new ArrayList<PromptVector>();
      for (String prompt : group.background()) {
        ensemble(set.sentences(group, prompt), "groups." + group.id() + ".background", prompt)
            .ifPresent(vector -> background.add(new PromptVector(prompt, vector)));
      }
      var vectors = new ArrayList<LabelVectors>();
      for (Label label : labels) {
        label(label, group).ifPresent(vectors::add);
      }
      var counterfactuals = new ArrayList<GroupVectors.Counterfactual>();
      if (problems.isEmpty()) {
        axesOf(labels)
            .forEach(
                (axes, decided) ->
                    counterfactual(group, background, vectors, axes, decided)
                        .ifPresent(counterfactuals::add));
      }
      return new GroupVectors(group, background, vectors, counterfactuals);
    }

    private Optional<LabelVectors> label(Label label, LabelGroup group) {
      List<PromptVector> prompts = prompts(label, label.prompts(), "prompts");
      List<PromptVector> negatives = prompts(label, label.negativePrompts(), "negativePrompts");
      Optional<float[]> direction;
      if (label.probe().isPresent()) {
        direction = probe(label, group);
      } else {
        List<String> sentences =
            label.prompts().stream()
                .flatMap(prompt -> set.sentences(label, prompt).stream())
                .toList();
        direction = ensemble(sentences, "labels." + label.id() + ".prompts", "the prompts");
      }
      return direction.map(
          vector ->
              new LabelVectors(
                  label,
                  displayName(label),
                  effectiveStatus(label),
                  !label.bias().sensitive() || waiverHolds(label.bias()),
                  vector,
                  label.probe().isPresent() ? List.of() : prompts,
                  label.probe().isPresent() ? List.of() : negatives));
    }

    private Optional<float[]> probe(Label label, LabelGroup group) {
      List<Float> weights = label.probe().get().weights();
      String path = "labels." + label.id();
      if (weights.size() != model.dimensions()) {
        problems.add(
            path
                + ".probe.weights has "
                + weights.size()
                + " values, the embeddings of "
                + model.id()
                + " have "
                + model.dimensions()
                + "; learn the label again");
        return Optional.empty();
      }
      if (group.mode() == LabelGroup.Mode.EXCLUSIVE) {
        problems.add(
            path
                + ".group "
                + group.id()
                + " is exclusive, but a learned label does not compete; move it to an independent"
                + " group");
        return Optional.empty();
      }
      if (!label.bias().axes().isEmpty()) {
        warnings.add(
            path
                + ".bias.axes: a learned label has no words to project group terms out of; its"
                + " decisions are not watched for fragility");
      }
      float[] vector = new float[weights.size()];
      for (int d = 0; d < vector.length; d++) {
        vector[d] = weights.get(d);
      }
      return Optional.of(vector);
    }

    private List<PromptVector> prompts(Label label, List<String> prompts, String field) {
      var vectors = new ArrayList<PromptVector>();
      for (String prompt : prompts) {
        ensemble(set.sentences(label, prompt), "labels." + label.id() + "." + field, prompt)
            .ifPresent(vector -> vectors.add(new PromptVector(prompt, vector)));
      }
      return vectors;
    }

    private Optional<float[]> ensemble(List<String> sentences, String path, String prompt) {
      Optional<float[]> mean = UnitVectors.mean(embeddings.get(sentences));
      if (mean.isEmpty()) {
        problems.add(
            path
                + " \""
                + prompt
                + "\" has no direction in the space of "
                + model.id()
                + ": its sentences cancel out; reword it");
      }
      return mean;
    }

    private Optional<GroupVectors.Counterfactual> counterfactual(
        LabelGroup group,
        List<PromptVector> background,
        List<LabelVectors> labels,
        List<CounterfactualAxis> axes,
        List<Label> decided) {
      BiasProjection projection = projection(axes, decided);
      List<String> ids = decided.stream().map(Label::id).toList();
      var projectedBackground = new ArrayList<PromptVector>();
      for (PromptVector prompt : background) {
        projection
            .apply(prompt.vector())
            .ifPresent(
                vector -> projectedBackground.add(new PromptVector(prompt.prompt(), vector)));
      }
      var projectedLabels = new ArrayList<LabelVectors>();
      var decides = new ArrayList<String>();
      for (LabelVectors label : labels) {
        String id = label.label().id();
        boolean rival = group.mode() == LabelGroup.Mode.EXCLUSIVE;
        if (!ids.contains(id) && !rival) {
          continue;
        }
        Optional<float[]> direction = projection.apply(label.direction());
        if (direction.isEmpty()) {
          if (ids.contains(id)) {
            warnings.add(
                "labels."
                    + id
                    + ".bias.axes: nothing is left of the label without "
                    + axes.stream().map(CounterfactualAxis::id).toList()
                    + ", so its decisions are not watched for fragility; leave these axes out");
          }
          continue;
        }
        if (ids.contains(id)) {
          decides.add(id);
        }
        var negatives = new ArrayList<PromptVector>();
        for (PromptVector negative : label.negatives()) {
          projection
              .apply(negative.vector())
              .ifPresent(vector -> negatives.add(new PromptVector(negative.prompt(), vector)));
        }
        projectedLabels.add(
            new LabelVectors(
                label.label(),
                label.display(),
                label.status(),
                label.mayBlock(),
                direction.get(),
                List.of(),
                negatives));
      }
      return decides.isEmpty()
          ? Optional.empty()
          : Optional.of(
              new GroupVectors.Counterfactual(decides, projectedBackground, projectedLabels));
    }

    private BiasProjection projection(List<CounterfactualAxis> axes, List<Label> decided) {
      var groups = new ArrayList<float[]>();
      var families = new ArrayList<List<float[]>>();
      for (CounterfactualAxis axis : axes) {
        for (List<String> paraphrases : axis.groupPrompts()) {
          UnitVectors.mean(embeddings.get(paraphrases)).ifPresent(groups::add);
        }
        for (Label label : decided) {
          for (String prompt : label.prompts()) {
            families.add(embeddings.get(axis.counterfactuals(prompt)));
          }
        }
      }
      return new BiasProjection(groups, families, model.dimensions());
    }

    /** The prompted labels that name bias axes, by their axes. */
    private Map<List<CounterfactualAxis>, List<Label>> axesOf(List<Label> labels) {
      var byAxes = new LinkedHashMap<List<CounterfactualAxis>, List<Label>>();
      for (Label label : labels) {
        List<CounterfactualAxis> axes =
            label.bias().axes().stream()
                .flatMap(name -> CounterfactualAxis.of(name).stream())
                .distinct()
                .sorted()
                .toList();
        if (!axes.isEmpty() && label.probe().isEmpty()) {
          byAxes.computeIfAbsent(axes, none -> new ArrayList<>()).add(label);
        }
      }
      return byAxes;
    }

    private List<Label> scored(LabelGroup group) {
      return set.labels().stream()
          .filter(label -> label.group().equals(group.id()) && isScored(label))
          .toList();
    }

    private boolean isScored(Label label) {
      return effectiveStatus(label).compareTo(LabelStatus.SHADOW) >= 0
          && label.expires().map(last -> !day.isAfter(last)).orElse(true);
    }

    private LabelStatus effectiveStatus(Label label) {
      return label.status().compareTo(set.status()) < 0 ? label.status() : set.status();
    }

    private boolean waiverHolds(BiasPolicy bias) {
      return bias.waiver().map(waiver -> !day.isAfter(waiver.until())).orElse(false);
    }

    private Optional<String> displayName(Label label) {
      String language = Locale.forLanguageTag(set.locale()).getLanguage();
      return Optional.ofNullable(label.display().get(set.locale()))
          .or(() -> Optional.ofNullable(label.display().get(language)));
    }
  }
}
