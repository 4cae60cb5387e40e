package dev.halcyon.labels;

import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * How disparities between groups of people are watched for a label.
 *
 * @param sensitive whether a wrong decision would wrong a person; then a fragile decision goes to
 *     review, never to automatic action
 * @param requiredAlternatives ids of labels that must stand beside it, as person and child
 * @param axes counterfactual axes: gender, age, skin_tone, religion, ethnicity
 * @param maxDemographicParityDifference limit for the difference of firing rates, in [0, 1]
 * @param maxAdverseRateRatio limit for the ratio of adverse rates, at least 1
 * @param waiver who lets it pass beyond its limits
 */
public record BiasPolicy(
    boolean sensitive,
    List<String> requiredAlternatives,
    List<String> axes,
    OptionalDouble maxDemographicParityDifference,
    OptionalDouble maxAdverseRateRatio,
    Optional<Waiver> waiver) {

  /**
   * An exception.
   *
   * @param who who answers for it
   * @param why the reason
   * @param until last day on which it holds
   */
  public record Waiver(String who, String why, LocalDate until) {}

  public BiasPolicy {
    requiredAlternatives = List.copyOf(requiredAlternatives);
    axes = List.copyOf(axes);
  }
}
