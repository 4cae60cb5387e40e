package dev.halcyon.app.decision;

import dev.halcyon.labels.LabelGroup;
import java.util.List;
import java.util.Objects;

/**
 * One group as vectors. The vectors are shared, never written to.
 *
 * @param group the group as written
 * @param background its background prompts
 * @param labels its scored labels
 * @param counterfactuals the group again with group terms projected out, one for each different set
 *     of bias axes among the labels
 */
public record GroupVectors(
    LabelGroup group,
    List<PromptVector> background,
    List<LabelVectors> labels,
    List<Counterfactual> counterfactuals) {

  /**
   * A group's vectors with the directions of some bias axes projected out.
   *
   * @param decides ids of the labels that are compared with their scores under it
   * @param background the projected background
   * @param labels the projected labels: those it decides and, where labels compete, their rivals
   */
  public record Counterfactual(
      List<String> decides, List<PromptVector> background, List<LabelVectors> labels) {
    public Counterfactual {
      decides = List.copyOf(decides);
      background = List.copyOf(background);
      labels = List.copyOf(labels);
    }
  }

  public GroupVectors {
    Objects.requireNonNull(group, "group");
    background = List.copyOf(background);
    labels = List.copyOf(labels);
    counterfactuals = List.copyOf(counterfactuals);
  }
}
