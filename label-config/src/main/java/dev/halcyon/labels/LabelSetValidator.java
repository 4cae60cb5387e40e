package dev.halcyon.labels;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Says what is wrong with a label set. {@link #problems} holds for ever, and every set that was
 * read has passed it; the other checks depend on the day, the model or the sets beside it, so they
 * are asked when a set is applied or activated.
 */
public final class LabelSetValidator {
  private LabelSetValidator() {}

  /** What is wrong with the set in itself. */
  public static List<Problem> problems(LabelSet set) {
    Problems problems = new Problems();
    LabelSetRules.check(set, problems);
    return problems.list();
  }

  /**
   * Prompts that do not fit the model, templates and negative and background prompts included.
   *
   * @param set a sound set
   * @param check counts tokens
   */
  public static List<Problem> prompts(LabelSet set, PromptCheck check) {
    List<Problem> found = new ArrayList<>();
    for (int g = 0; g < set.groups().size(); g++) {
      LabelGroup group = set.groups().get(g);
      String path = "groups[" + g + "].background";
      for (int i = 0; i < group.background().size(); i++) {
        String prompt = group.background().get(i);
        tooLong(path + "[" + i + "]", prompt, set.sentences(group, prompt), check)
            .ifPresent(found::add);
      }
    }
    for (int l = 0; l < set.labels().size(); l++) {
      Label label = set.labels().get(l);
      promptsOf(set, label, label.prompts(), LabelSetRules.labelPath(l) + ".prompts", check, found);
      promptsOf(
          set,
          label,
          label.negativePrompts(),
          LabelSetRules.labelPath(l) + ".negativePrompts",
          check,
          found);
    }
    return found;
  }

  /**
   * Whether the thresholds may be used with a model.
   *
   * @param set a sound set
   * @param running the model and preprocessing that will score
   */
  public static List<Problem> calibration(LabelSet set, Calibration running) {
    List<Problem> found = new ArrayList<>();
    if (set.calibration().isEmpty()) {
      return found;
    }
    Calibration calibrated = set.calibration().get();
    if (!calibrated.modelHash().equals(running.modelHash())) {
      found.add(
          new Problem(
              "calibration.modelHash",
              LabelSetRules.shortened(calibrated.modelHash()),
              "is of model "
                  + calibrated.modelId()
                  + ", but "
                  + running.modelId()
                  + " with hash "
                  + LabelSetRules.shortened(running.modelHash())
                  + " is running, for which the thresholds mean nothing; calibrate the set for it"));
    }
    if (!calibrated.preprocessingId().equals(running.preprocessingId())) {
      found.add(
          new Problem(
              "calibration.preprocessingId",
              Node.quote(calibrated.preprocessingId()),
              "is not the preprocessing that is running, "
                  + Node.quote(running.preprocessingId())
                  + ", for which the thresholds mean nothing; calibrate the set for it"));
    }
    for (int l = 0; l < set.labels().size(); l++) {
      Optional<Probe> probe = set.labels().get(l).probe();
      if (probe.isPresent() && !probe.get().modelHash().equals(running.modelHash())) {
        found.add(
            new Problem(
                LabelSetRules.labelPath(l) + ".probe.modelHash",
                LabelSetRules.shortened(probe.get().modelHash()),
                "is of another model than the one running; learn the label again"));
      }
    }
    return found;
  }

  /**
   * Exceptions and labels whose time is over.
   *
   * @param set a sound set
   * @param today the day it is applied
   */
  public static List<Problem> dates(LabelSet set, LocalDate today) {
    List<Problem> found = new ArrayList<>();
    for (int l = 0; l < set.labels().size(); l++) {
      Label label = set.labels().get(l);
      String path = LabelSetRules.labelPath(l);
      label
          .bias()
          .waiver()
          .filter(waiver -> waiver.until().isBefore(today))
          .ifPresent(
              waiver ->
                  found.add(
                      new Problem(
                          path + ".bias.waiver.until",
                          waiver.until().toString(),
                          "is over; renew the waiver, or change what it was for")));
      label
          .expires()
          .filter(day -> day.isBefore(today) && label.status() != LabelStatus.RETIRED)
          .ifPresent(
              day ->
                  found.add(
                      new Problem(
                          path + ".expires",
                          day.toString(),
                          "is over; renew the label, or set its status to retired")));
    }
    return found;
  }

  /**
   * Sets that would decide the same uploads. A set without surfaces decides all that no other
   * names, so there is at most one of those.
   *
   * @param sets sound sets that are to be in force together
   * @return what is wrong, by set name
   */
  public static Map<String, List<Problem>> surfaces(Collection<LabelSet> sets) {
    Map<String, List<Problem>> found = new TreeMap<>();
    Map<String, String> takenBy = new HashMap<>();
    Optional<String> rest = Optional.empty();
    for (LabelSet set : sets.stream().sorted((a, b) -> a.name().compareTo(b.name())).toList()) {
      if (set.status() == LabelStatus.DRAFT || set.status() == LabelStatus.RETIRED) {
        continue;
      }
      List<Problem> own = new ArrayList<>();
      if (set.surfaces().isEmpty()) {
        if (rest.isPresent()) {
          own.add(
              new Problem(
                  "surfaces",
                  "is empty, and so is that of set "
                      + rest.get()
                      + ", which already decides every surface no set names; name surfaces"));
        }
        rest = rest.or(() -> Optional.of(set.name()));
      }
      for (int i = 0; i < set.surfaces().size(); i++) {
        String other = takenBy.putIfAbsent(set.surfaces().get(i), set.name());
        if (other != null) {
          own.add(
              new Problem(
                  "surfaces[" + i + "]",
                  Node.quote(set.surfaces().get(i)),
                  "is already decided by set " + other + "; name it in one set"));
        }
      }
      if (!own.isEmpty()) {
        found.put(set.name(), own);
      }
    }
    return found;
  }

  private static void promptsOf(
      LabelSet set,
      Label label,
      List<String> prompts,
      String path,
      PromptCheck check,
      List<Problem> found) {
    for (int i = 0; i < prompts.size(); i++) {
      String prompt = prompts.get(i);
      tooLong(path + "[" + i + "]", prompt, set.sentences(label, prompt), check)
          .ifPresent(found::add);
    }
  }

  private static Optional<Problem> tooLong(
      String path, String prompt, List<String> sentences, PromptCheck check) {
    int most = 0;
    for (String sentence : sentences) {
      most = Math.max(most, check.tokens(sentence));
    }
    if (most <= check.contextLength()) {
      return Optional.empty();
    }
    String within = sentences.equals(List.of(prompt)) ? "" : " within its template";
    return Optional.of(
        new Problem(
            path,
            Node.quote(prompt),
            "takes "
                + most
                + " tokens"
                + within
                + ", more than the "
                + check.contextLength()
                + " the model reads; shorten it"));
  }
}
