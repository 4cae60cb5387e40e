package dev.halcyon.labels;

import java.util.List;
import java.util.Optional;

/** A label set: what to look for in an image and what to do about it. */
public record LabelSet(
    @Field(
            value = "identity of the set, the key of its record in label-config",
            pattern = "[a-z0-9][a-z0-9-]*",
            patternInWords = "lower-case letters, digits and -, beginning with a letter or digit",
            maxLength = 64)
        String name,
    @Field(value = "one line for people", fallbackInWords = "the name") String title,
    @Field("who answers for the set: a team, a person or an address") String owner,
    @Field("who approved it") Optional<String> approver,
    @Field(value = "language tag of the prompts", fallback = "en", languageTag = true)
        String locale,
    @Field(
            value =
                "surfaces whose uploads the set decides; none means every surface that no other"
                    + " set names",
            fallback = "[]")
        List<String> surfaces,
    @Field(value = "life of the whole set", fallback = "active") LabelStatus status,
    @Field(
            value = "share of image ids decided by the set while its status is canary, in percent",
            fallback = "100",
            min = 0,
            max = 100)
        double rolloutPercent,
    @Field(
            value =
                "greatest share of traffic one label may alert on before it goes to shadow by"
                    + " itself",
            fallback = "0.3",
            min = Double.MIN_VALUE,
            max = 1)
        double alertQuota,
    @Field("the model the thresholds belong to") Optional<Calibration> calibration,
    @Field(value = "prompt templates", fallback = "[]") List<PromptTemplate> templates,
    @Field(value = "label groups", min = 1) List<LabelGroup> groups,
    @Field(value = "the labels", min = 1, maxItems = 5000) List<Label> labels) {
  public LabelSet {
    surfaces = List.copyOf(surfaces);
    templates = List.copyOf(templates);
    groups = List.copyOf(groups);
    labels = List.copyOf(labels);
  }

  /** The label of an id. */
  public Optional<Label> label(String id) {
    return labels.stream().filter(label -> label.id().equals(id)).findFirst();
  }

  /** The group of an id. */
  public Optional<LabelGroup> group(String id) {
    return groups.stream().filter(group -> group.id().equals(id)).findFirst();
  }

  /** The template of an id. */
  public Optional<PromptTemplate> template(String id) {
    return templates.stream().filter(template -> template.id().equals(id)).findFirst();
  }

  /** The same set with other labels, and thresholds of a model. */
  public LabelSet with(Optional<Calibration> newCalibration, List<Label> newLabels) {
    return new LabelSet(
        name,
        title,
        owner,
        approver,
        locale,
        surfaces,
        status,
        rolloutPercent,
        alertQuota,
        newCalibration,
        templates,
        groups,
        newLabels);
  }

  /** The same set at another stage of its life. */
  public LabelSet with(LabelStatus newStatus) {
    return new LabelSet(
        name,
        title,
        owner,
        approver,
        locale,
        surfaces,
        newStatus,
        rolloutPercent,
        alertQuota,
        calibration,
        templates,
        groups,
        labels);
  }

  /**
   * The sentences a label's prompt or negative prompt is encoded as: one for each sentence of the
   * label's template, else of its group's, else the prompt itself.
   */
  public List<String> sentences(Label label, String prompt) {
    return expand(
        label.template().or(() -> group(label.group()).flatMap(LabelGroup::template)), prompt);
  }

  /** The sentences a group's background prompt is encoded as. */
  public List<String> sentences(LabelGroup group, String backgroundPrompt) {
    return expand(group.template(), backgroundPrompt);
  }

  private List<String> expand(Optional<String> templateId, String prompt) {
    return templateId
        .flatMap(this::template)
        .map(template -> template.expand(prompt))
        .orElseGet(() -> List.of(prompt));
  }
}
