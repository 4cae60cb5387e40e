package dev.halcyon.labels;

import dev.halcyon.labels.TypographicPolicy.Mode;
import dev.halcyon.labels.TypographicPolicy.Polarity;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * What a label set must hold to in itself, on whatever day and with whatever model: names that are
 * known and unique, prompts and thresholds that go together, policies that do not contradict each
 * other.
 */
final class LabelSetRules {
  /** From this severity on a label's score is never left to written text alone. */
  private static final int HIGH_SEVERITY = 4;

  private final Problems problems;
  private final LabelSet set;
  private final Map<String, PromptTemplate> templates = new LinkedHashMap<>();
  private final Map<String, LabelGroup> groups = new LinkedHashMap<>();
  private final Map<String, Label> labels = new LinkedHashMap<>();

  private LabelSetRules(LabelSet set, Problems problems) {
    this.set = set;
    this.problems = problems;
    set.templates().forEach(template -> templates.putIfAbsent(template.id(), template));
    set.groups().forEach(group -> groups.putIfAbsent(group.id(), group));
    set.labels().forEach(label -> labels.putIfAbsent(label.id(), label));
  }

  /** Checks a set that may hold placeholders where the problems already say so. */
  static void check(LabelSet set, Problems problems) {
    new Constraints(problems).check(set, "");
    new LabelSetRules(set, problems).rules();
  }

  /** Where a label stands in its set. */
  static String labelPath(int index) {
    return "labels[" + index + "]";
  }

  private void rules() {
    unique(set.surfaces(), "surfaces");
    canary(set.status(), set.rolloutPercent(), "status", "rolloutPercent");
    templates();
    groups();
    uniqueIds(set.labels().stream().map(Label::id).toList(), "labels");
    parents();
    for (int l = 0; l < set.labels().size(); l++) {
      label(set.labels().get(l), labelPath(l));
    }
    promptsAcrossExclusiveGroups();
    unmeasured();
  }

  private void templates() {
    uniqueIds(set.templates().stream().map(PromptTemplate::id).toList(), "templates");
    for (int t = 0; t < set.templates().size(); t++) {
      List<String> sentences = set.templates().get(t).prompts();
      String path = "templates[" + t + "].prompts";
      unique(sentences, path);
      for (int i = 0; i < sentences.size(); i++) {
        int slots = slots(sentences.get(i));
        if (slots != 1) {
          add(
              path + "[" + i + "]",
              Node.quote(sentences.get(i)),
              (slots == 0 ? "has no {}" : "has " + slots + " {}")
                  + "; write one {} where the prompt goes, as \"a photo of {}\"");
        }
      }
    }
  }

  private static int slots(String sentence) {
    return (sentence.length() - sentence.replace(PromptTemplate.SLOT, "").length())
        / PromptTemplate.SLOT.length();
  }

  private void groups() {
    uniqueIds(set.groups().stream().map(LabelGroup::id).toList(), "groups");
    for (int g = 0; g < set.groups().size(); g++) {
      LabelGroup group = set.groups().get(g);
      String path = "groups[" + g + "]";
      group.template().ifPresent(id -> knownTemplate(id, path + ".template"));
      prompts(group.background(), path + ".background");
    }
  }

  private void label(Label label, String path) {
    label.template().ifPresent(id -> knownTemplate(id, path + ".template"));
    known(label.group(), groups.keySet(), "groups", path + ".group", "is no group of the set");
    labelPrompts(label, path);
    thresholds(label, path);
    canary(label.status(), label.canaryPercent(), path + ".status", path + ".canaryPercent");
    for (String surface : label.actionBySurface().keySet()) {
      if (!set.surfaces().isEmpty() && !set.surfaces().contains(surface)) {
        problems.addUnlessFaulty(
            new Problem(
                path + ".actionBySurface." + Node.key(surface),
                "is no surface of the set" + Spelling.remedy(surface, set.surfaces())),
            "surfaces");
      }
    }
    typographic(label, path);
    bias(label, path);
  }

  private void labelPrompts(Label label, String path) {
    prompts(label.prompts(), path + ".prompts");
    prompts(label.negativePrompts(), path + ".negativePrompts");
    if (label.prompts().isEmpty() && label.probe().isEmpty()) {
      problems.addUnlessFaulty(
          new Problem(
              path + ".prompts",
              "is empty; say in at least one prompt what the label looks like, or learn a probe"),
          path + ".probe");
    }
    Optional<LabelGroup> group = Optional.ofNullable(groups.get(label.group()));
    for (int i = 0; i < label.prompts().size(); i++) {
      String prompt = label.prompts().get(i);
      String at = path + ".prompts[" + i + "]";
      if (containsIgnoringCase(label.negativePrompts(), prompt)) {
        add(at, Node.quote(prompt), "is also a negative prompt of the label; keep it in one");
      } else if (group.isPresent() && containsIgnoringCase(group.get().background(), prompt)) {
        add(
            at,
            Node.quote(prompt),
            "is also a background prompt of group " + label.group() + "; keep it in one");
      }
    }
    if (label.probe().isPresent()
        && group.isPresent()
        && group.get().mode() == LabelGroup.Mode.EXCLUSIVE) {
      problems.addUnlessFaulty(
          new Problem(
              path + ".probe",
              "cannot compete in the exclusive group "
                  + label.group()
                  + "; put the label into an independent group"),
          path + ".group");
    }
    if (label.probe().isPresent()
        && set.calibration().isPresent()
        && !label.probe().get().modelHash().equals(set.calibration().get().modelHash())) {
      problems.addUnlessFaulty(
          new Problem(
              path + ".probe.modelHash",
              shortened(label.probe().get().modelHash()),
              "is of another model than the set's calibration; learn the label again, or calibrate"),
          "calibration");
    }
  }

  private void thresholds(Label label, String path) {
    Threshold threshold = label.threshold();
    if (label.reviewThreshold().isPresent()
        && label.reviewThreshold().getAsDouble() >= threshold.value()) {
      problems.addUnlessFaulty(
          new Problem(
              path + ".reviewThreshold",
              Numbers.canonical(label.reviewThreshold().getAsDouble()),
              "is not below the threshold "
                  + Numbers.canonical(threshold.value())
                  + "; lower it, or leave it out"),
          path + ".threshold");
    }
    threshold
        .interval()
        .filter(interval -> interval.low() > interval.high())
        .ifPresent(
            interval ->
                add(
                    path + ".threshold.interval",
                    Numbers.canonical(interval.low()) + " to " + Numbers.canonical(interval.high()),
                    "ends below its beginning; swap low and high"));
    if (threshold.method() == Threshold.Method.QUANTILE) {
      missing(
          threshold.targetFalsePositiveRate().isEmpty(),
          path + ".threshold.targetFalsePositiveRate",
          "quantile");
      missing(
          threshold.backgroundSamples().isEmpty(),
          path + ".threshold.backgroundSamples",
          "quantile");
    }
    if (threshold.method() == Threshold.Method.PRECISION) {
      missing(
          threshold.targetPrecision().isEmpty(), path + ".threshold.targetPrecision", "precision");
    }
  }

  private void missing(boolean missing, String path, String method) {
    if (missing) {
      add(path, "is missing for method " + method + "; give it, or write method: manual");
    }
  }

  private void typographic(Label label, String path) {
    TypographicPolicy policy = label.typographic();
    unique(policy.lexicon(), path + ".typographic.lexicon");
    if (policy.mode() == Mode.NEAR_THRESHOLD && label.severity() >= HIGH_SEVERITY) {
      problems.addUnlessFaulty(
          new Problem(
              path + ".typographic",
              "near_threshold",
              "lets written text hide a label of severity "
                  + label.severity()
                  + "; write mode: always, or lower the severity below "
                  + HIGH_SEVERITY),
          path + ".severity");
    }
    if (policy.polarity() == Polarity.ALLOW && label.severity() >= HIGH_SEVERITY) {
      problems.addUnlessFaulty(
          new Problem(
              path + ".typographic.polarity",
              "allow",
              "lets written text hide a label of severity "
                  + label.severity()
                  + "; write polarity: harm, or lower the severity below "
                  + HIGH_SEVERITY),
          path + ".severity");
    }
    if (label.action() != Action.TAG) {
      flagged(policy.onInflated(), label, path + ".typographic.onInflated", path + ".action");
      flagged(policy.onSuppressed(), label, path + ".typographic.onSuppressed", path + ".action");
    }
  }

  private void flagged(Action flagged, Label label, String path, String actionPath) {
    if (flagged == Action.TAG) {
      problems.addUnlessFaulty(
          new Problem(
              path,
              "tag",
              "lets a decision of action "
                  + Defaults.name(label.action())
                  + " go away silently; write review or block"),
          actionPath);
    }
  }

  private void bias(Label label, String path) {
    BiasPolicy bias = label.bias();
    String alternatives = path + ".bias.requiredAlternatives";
    unique(bias.axes(), path + ".bias.axes");
    unique(bias.requiredAlternatives(), alternatives);
    for (int i = 0; i < bias.requiredAlternatives().size(); i++) {
      String id = bias.requiredAlternatives().get(i);
      String at = alternatives + "[" + i + "]";
      if (id.equals(label.id())) {
        add(at, Node.quote(id), "is the label itself; name another");
        continue;
      }
      known(id, labels.keySet(), "labels", at, "is no label of the set");
      Optional.ofNullable(labels.get(id))
          .filter(other -> !isScored(other) && isScored(label))
          .ifPresent(
              other ->
                  add(
                      at,
                      Node.quote(id),
                      "is not scored, its status is "
                          + Defaults.name(other.status())
                          + "; activate it, or name another"));
    }
    if (!bias.sensitive()) {
      return;
    }
    if (bias.requiredAlternatives().isEmpty()) {
      problems.addUnlessFaulty(
          new Problem(
              alternatives,
              "is empty for a sensitive label; name the labels a person or a child would otherwise"
                  + " be given, as [person, child]"),
          path + ".bias.sensitive");
    }
    if (blocks(label) && bias.waiver().isEmpty()) {
      problems.addUnlessFaulty(
          new Problem(
              path + ".bias.waiver",
              "is missing for a sensitive label that blocks; write action: review, or say who"
                  + " answers for blocking, why and until when"),
          path + ".bias.sensitive",
          path + ".action",
          path + ".typographic",
          path + ".actionBySurface");
    }
  }

  private static boolean isScored(Label label) {
    return label.status() != LabelStatus.DRAFT && label.status() != LabelStatus.RETIRED;
  }

  /** Whether the label can lead to an automatic block. */
  private static boolean blocks(Label label) {
    return label.action() == Action.BLOCK
        || label.actionBySurface().containsValue(Action.BLOCK)
        || label.typographic().onInflated() == Action.BLOCK
        || label.typographic().onSuppressed() == Action.BLOCK;
  }

  private void canary(LabelStatus status, double percent, String statusPath, String percentPath) {
    if (status == LabelStatus.CANARY && (percent <= 0 || percent >= 100)) {
      problems.addUnlessFaulty(
          new Problem(
              percentPath,
              Numbers.canonical(percent),
              "reaches "
                  + (percent <= 0 ? "no image" : "every image")
                  + "; for status canary write a share between 0 and 100, or write status "
                  + (percent <= 0 ? "shadow" : "active")),
          statusPath);
    }
  }

  private void parents() {
    Map<String, String> parents = new HashMap<>();
    for (Label label : set.labels()) {
      label.parent().ifPresent(parent -> parents.putIfAbsent(label.id(), parent));
    }
    Set<String> reported = new LinkedHashSet<>();
    for (int l = 0; l < set.labels().size(); l++) {
      Label label = set.labels().get(l);
      String path = labelPath(l) + ".parent";
      if (label.parent().isEmpty()) {
        continue;
      }
      known(label.parent().get(), labels.keySet(), "labels", path, "is no label of the set");
      List<String> cycle = cycle(label.id(), parents);
      if (!cycle.isEmpty() && !reported.contains(label.id())) {
        reported.addAll(cycle);
        add(
            path,
            Node.quote(label.parent().get()),
            "makes the label its own ancestor ("
                + String.join(" > ", cycle.size() > 6 ? cycle.subList(0, 6) : cycle)
                + (cycle.size() > 6 ? " > …" : " > " + label.id())
                + "); leave out one parent");
      }
    }
  }

  /** The way from the label up to itself, empty where there is none. */
  private static List<String> cycle(String id, Map<String, String> parents) {
    Set<String> way = new LinkedHashSet<>();
    for (String at = id; at != null; at = parents.get(at)) {
      if (!way.add(at)) {
        return at.equals(id) ? List.copyOf(way) : List.of();
      }
    }
    return List.of();
  }

  /** Two labels of an exclusive group with one prompt cannot be told apart. */
  private void promptsAcrossExclusiveGroups() {
    Map<String, Integer> firstUse = new HashMap<>();
    for (int l = 0; l < set.labels().size(); l++) {
      Label label = set.labels().get(l);
      Optional<LabelGroup> group = Optional.ofNullable(groups.get(label.group()));
      if (group.isEmpty() || group.get().mode() != LabelGroup.Mode.EXCLUSIVE) {
        continue;
      }
      for (int i = 0; i < label.prompts().size(); i++) {
        String prompt = label.prompts().get(i);
        Integer first =
            firstUse.putIfAbsent(label.group() + ' ' + prompt.toLowerCase(Locale.ROOT), l);
        if (first != null && first != l) {
          add(
              labelPath(l) + ".prompts[" + i + "]",
              Node.quote(prompt),
              "is also a prompt of label "
                  + set.labels().get(first).id()
                  + ", with which the label competes; keep it in one");
        }
      }
    }
  }

  /** A measured or blocking threshold must say which model it is for. */
  private void unmeasured() {
    if (set.calibration().isPresent()) {
      return;
    }
    for (int l = 0; l < set.labels().size(); l++) {
      Label label = set.labels().get(l);
      if (label.threshold().method() != Threshold.Method.MANUAL) {
        problems.addUnlessFaulty(
            new Problem(
                "calibration",
                "is missing, but the threshold of "
                    + labelPath(l)
                    + " was measured; name the model it was measured on"),
            labelPath(l) + ".threshold");
        return;
      }
      if (blocks(label)) {
        problems.addUnlessFaulty(
            new Problem(
                "calibration",
                "is missing, but "
                    + labelPath(l)
                    + " blocks; name the model its threshold was set for, or write action: review"),
            labelPath(l) + ".action",
            labelPath(l) + ".actionBySurface",
            labelPath(l) + ".typographic");
        return;
      }
    }
  }

  private void prompts(List<String> prompts, String path) {
    unique(prompts, path);
    for (int i = 0; i < prompts.size(); i++) {
      if (prompts.get(i).contains(PromptTemplate.SLOT)) {
        add(
            path + "[" + i + "]",
            Node.quote(prompts.get(i)),
            "holds {}, which belongs in a template; write the sentence into templates");
      }
    }
  }

  private void knownTemplate(String id, String path) {
    known(id, templates.keySet(), "templates", path, "is no template of the set");
  }

  private void known(String id, Set<String> known, String knownPath, String path, String message) {
    if (!known.contains(id)) {
      Problem problem =
          new Problem(
              path,
              Node.quote(id),
              message
                  + Spelling.remedy(id, known.stream().filter(name -> !name.isEmpty()).toList()));
      // Where the list itself could not be read, nothing can be known of what it holds.
      if (known.isEmpty()) {
        problems.addUnlessFaulty(problem, knownPath);
      } else {
        problems.addUnlessFaulty(problem);
      }
    }
  }

  private void uniqueIds(List<String> ids, String path) {
    Map<String, Integer> first = new HashMap<>();
    for (int i = 0; i < ids.size(); i++) {
      Integer other = first.putIfAbsent(ids.get(i), i);
      if (other != null) {
        add(
            path + "[" + i + "].id",
            Node.quote(ids.get(i)),
            "is also the id of " + path + "[" + other + "]; rename or remove one");
      }
    }
  }

  private void unique(List<String> values, String path) {
    Map<String, Integer> first = new HashMap<>();
    for (int i = 0; i < values.size(); i++) {
      Integer other = first.putIfAbsent(values.get(i).toLowerCase(Locale.ROOT), i);
      if (other != null && !values.get(i).isBlank()) {
        add(path + "[" + i + "]", Node.quote(values.get(i)), "repeats [" + other + "]; remove it");
      }
    }
  }

  private static boolean containsIgnoringCase(List<String> texts, String text) {
    return texts.stream().anyMatch(text::equalsIgnoreCase);
  }

  private void add(String path, String value, String message) {
    problems.addUnlessFaulty(new Problem(path, value, message));
  }

  private void add(String path, String message) {
    problems.addUnlessFaulty(new Problem(path, Optional.empty(), message, OptionalInt.empty()));
  }

  /** Enough of a hash to know it by. */
  static String shortened(String hash) {
    return hash.length() > 12 ? hash.substring(0, 12) + "…" : hash;
  }
}
