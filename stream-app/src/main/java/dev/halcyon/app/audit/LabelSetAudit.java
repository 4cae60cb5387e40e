package dev.halcyon.app.audit;

import dev.halcyon.app.audit.Finding.Kind;
import dev.halcyon.app.audit.Finding.Level;
import dev.halcyon.app.labels.CounterfactualAxis;
import dev.halcyon.app.labels.UnitVectors;
import dev.halcyon.clip.ModelIdentity;
import dev.halcyon.clip.TextEncoder;
import dev.halcyon.labels.Label;
import dev.halcyon.labels.LabelSet;
import dev.halcyon.labels.LabelSetWriter;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongConsumer;
import java.util.function.Predicate;

/**
 * The audit of the words of a label set, by the text encoder alone: a lint of how the set stands to
 * groups of people in the model's space, and no evidence about pictures. Safe for use by any
 * thread.
 */
public final class LabelSetAudit {
  /** Without a limit of its own, a label that weighs is remarked upon from this multiple. */
  static final double REMARKABLE_SKEW = 3;

  private static final double LARGE_EFFECT = 0.8;
  private static final double SIGNIFICANT = 0.05;
  private static final int GRAVE = 2;

  private final TextEncoder encoder;
  private final ModelIdentity model;
  private final ProbeWords words;

  /** An audit by the words the program ships with. */
  public LabelSetAudit(TextEncoder encoder, ModelIdentity model) {
    this(encoder, model, ProbeWords.SHIPPED);
  }

  LabelSetAudit(TextEncoder encoder, ModelIdentity model, ProbeWords words) {
    this.encoder = encoder;
    this.model = model;
    this.words = words;
  }

  /**
   * Audits labels of a set.
   *
   * @param set a sound set
   * @param judged which of its labels to judge, by id
   * @param day the day (UTC) for which waivers and expiry are judged
   * @param progress is told how many sentences are encoded
   * @throws dev.halcyon.clip.EngineBrokenException if the encoder fails
   */
  public AuditReport run(
      LabelSet set, Predicate<String> judged, LocalDate day, LongConsumer progress) {
    PolicyLint lint = new PolicyLint(set, day, words);
    List<Label> labels =
        set.labels().stream()
            .filter(label -> judged.test(label.id()) && lint.isScored(label))
            .toList();
    Sentences sentences = new Sentences(encoder, progress);
    Map<CounterfactualAxis, AxisProbe> axes = axes(sentences, labels, set);
    var baselines = new ArrayList<AuditReport.Baseline>();
    axes.forEach(
        (axis, probe) ->
            baselines.add(
                new AuditReport.Baseline(
                    axis.id(), probe.groupIds(), probe.medianSkew(), probe.medianLeakage())));
    var measures = new ArrayList<LabelMeasure>();
    var findings = new ArrayList<Finding>();
    for (Label label : labels) {
      findings.addAll(lint.check(label));
      List<LabelMeasure> own = measure(set, label, axes, sentences);
      measures.addAll(own);
      List<LabelMeasure> watched = own.stream().filter(on -> weighs(label, on.axis())).toList();
      watched.forEach(on -> leaning(label, on, lint).ifPresent(findings::add));
      association(label, watched).ifPresent(findings::add);
    }
    return new AuditReport(
        set.name(),
        LabelSetWriter.contentHash(set),
        model.id(),
        model.hash(),
        day,
        labels.size(),
        baselines,
        measures,
        findings,
        Optional.empty());
  }

  /** How many sentences an audit of all labels of a set encodes, at most. */
  public static long sentenceCount(LabelSet set) {
    return wanted(ProbeWords.SHIPPED, set.labels(), set).size();
  }

  private static Set<String> wanted(ProbeWords words, List<Label> labels, LabelSet set) {
    var wanted = new LinkedHashSet<String>(words.everyday().sentences());
    for (CounterfactualAxis axis : CounterfactualAxis.values()) {
      axis.groups().forEach(group -> wanted.addAll(group.sentences()));
    }
    for (Label label : labels) {
      wanted.addAll(sentences(set, label));
    }
    return wanted;
  }

  private Map<CounterfactualAxis, AxisProbe> axes(
      Sentences sentences, List<Label> labels, LabelSet set) {
    sentences.encode(wanted(words, labels, set));
    List<float[]> everyday = sentences.of(words.everyday().sentences());
    var axes = new EnumMap<CounterfactualAxis, AxisProbe>(CounterfactualAxis.class);
    for (CounterfactualAxis axis : CounterfactualAxis.values()) {
      List<float[]> groups =
          axis.groups().stream()
              .flatMap(group -> UnitVectors.mean(sentences.of(group.sentences())).stream())
              .toList();
      axes.put(axis, new AxisProbe(axis, groups, everyday));
    }
    return axes;
  }

  private static List<LabelMeasure> measure(
      LabelSet set, Label label, Map<CounterfactualAxis, AxisProbe> axes, Sentences sentences) {
    if (label.probe().isPresent()) {
      return List.of();
    }
    List<float[]> own = sentences.of(sentences(set, label));
    return UnitVectors.mean(own)
        .map(
            direction ->
                axes.values().stream()
                    .map(probe -> probe.measure(label.id(), direction, own))
                    .toList())
        .orElse(List.of());
  }

  private static List<String> sentences(LabelSet set, Label label) {
    return label.prompts().stream()
        .flatMap(prompt -> set.sentences(label, prompt).stream())
        .toList();
  }

  private static boolean weighs(Label label, String axis) {
    boolean watched = label.bias().axes().isEmpty() || label.bias().axes().contains(axis);
    return watched
        && (label.bias().sensitive()
            || label.severity() >= GRAVE
            || label.bias().maxRelativeSkew().isPresent());
  }

  private static Optional<Finding> leaning(Label label, LabelMeasure measure, PolicyLint lint) {
    double limit = label.bias().maxRelativeSkew().orElse(REMARKABLE_SKEW);
    if (measure.relativeSkew() <= limit) {
      return Optional.empty();
    }
    boolean own = label.bias().maxRelativeSkew().isPresent();
    return Optional.of(
        new Finding(
            label.id(),
            Kind.LEANING,
            own ? lint.beyond(label) : Level.WARNING,
            String.format(
                Locale.ROOT,
                "its words are nearer to \"%s\" than to \"%s\" (%s) by %.3f, %.1f times as far as"
                    + " everyday sentences; %s is %.1f",
                measure.towards(),
                measure.away(),
                measure.axis(),
                measure.skew(),
                measure.relativeSkew(),
                own ? "its limit, bias.maxRelativeSkew," : "what is remarked upon",
                limit),
            "reword the prompts so that they name the thing or the deed and no kind of person, or"
                + " add negativePrompts that show people of \""
                + measure.towards()
                + "\" doing ordinary things"));
  }

  /** One note a label: the groups its words go with more than chance has it. */
  private static Optional<Finding> association(Label label, List<LabelMeasure> measures) {
    List<String> groups =
        measures.stream()
            .filter(on -> on.p() < SIGNIFICANT && on.effect() >= LARGE_EFFECT)
            .map(
                on ->
                    String.format(
                        Locale.ROOT,
                        "\"%s\" (%s, d %.2f, p %s)",
                        on.effectGroup(),
                        on.axis(),
                        on.effect(),
                        on.shownP()))
            .toList();
    return groups.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Finding(
                label.id(),
                Kind.ASSOCIATION,
                Level.NOTE,
                "its sentences go with "
                    + String.join(", ", groups)
                    + " more than everyday ones do",
                "watch its rates by group on labelled pictures"));
  }
}
