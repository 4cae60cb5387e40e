package dev.halcyon.labels;

import java.util.List;
import java.util.Optional;

/**
 * A label set: what to look for in an image and what to do about it.
 *
 * @param name identity of the set, {@code [a-z0-9][a-z0-9-]*}
 * @param title one line for people
 * @param owner who answers for the set
 * @param approver who approved it
 * @param locale BCP 47 tag of the prompts' language
 * @param surfaces surfaces whose uploads this set decides; empty means every surface that no other
 *     set names
 * @param status life of the whole set; a label's own status is never livelier than its set's
 * @param rolloutPercent share of image ids decided by the set while its status is canary
 * @param alertQuota greatest share of traffic one label may alert on before it goes to shadow by
 *     itself, in (0, 1]
 * @param calibration the model the thresholds belong to
 * @param templates prompt templates
 * @param groups label groups
 * @param labels the labels
 */
public record LabelSet(
    String name,
    String title,
    String owner,
    Optional<String> approver,
    String locale,
    List<String> surfaces,
    LabelStatus status,
    double rolloutPercent,
    double alertQuota,
    Optional<Calibration> calibration,
    List<PromptTemplate> templates,
    List<LabelGroup> groups,
    List<Label> labels) {
  public LabelSet {
    surfaces = List.copyOf(surfaces);
    templates = List.copyOf(templates);
    groups = List.copyOf(groups);
    labels = List.copyOf(labels);
  }
}
