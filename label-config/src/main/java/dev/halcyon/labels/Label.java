package dev.halcyon.labels;

import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * One thing to look for.
 *
 * @param id identity within the set, {@code [a-z0-9][a-z0-9_-]*}
 * @param display display name by BCP 47 tag
 * @param parent id of the label this one is a kind of
 * @param group id of its group
 * @param prompts what the label looks like, each put into the template
 * @param negativePrompts what looks like it and is not; joins the group's background for this label
 * @param template id of a template, overriding the group's
 * @param probe a classifier learned from examples, instead of prompts
 * @param threshold from which score the label fires
 * @param reviewThreshold from which score, below the threshold, a person should look
 * @param severity 0 (none) to 6 (gravest)
 * @param action what to do when it fires
 * @param actionBySurface exceptions to {@code action} by surface
 * @param status its life
 * @param canaryPercent share of image ids acted on while its status is canary, in [0, 100]
 * @param expires last day on which it is scored
 * @param typographic how written text is weighed
 * @param bias how group disparities are watched
 */
public record Label(
    String id,
    Map<String, String> display,
    Optional<String> parent,
    String group,
    List<String> prompts,
    List<String> negativePrompts,
    Optional<String> template,
    Optional<Probe> probe,
    Threshold threshold,
    OptionalDouble reviewThreshold,
    int severity,
    Action action,
    Map<String, Action> actionBySurface,
    LabelStatus status,
    double canaryPercent,
    Optional<LocalDate> expires,
    TypographicPolicy typographic,
    BiasPolicy bias) {
  public Label {
    display = Map.copyOf(display);
    prompts = List.copyOf(prompts);
    negativePrompts = List.copyOf(negativePrompts);
    actionBySurface = Map.copyOf(actionBySurface);
  }
}
