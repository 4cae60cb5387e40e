package dev.halcyon.labels;

import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** How disparities between groups of people are watched for a label. */
public record BiasPolicy(
    @Field(
            value =
                "whether a wrong decision would wrong a person; then a fragile decision goes to"
                    + " review, never to automatic action",
            fallback = "false")
        boolean sensitive,
    @Field(
            value =
                "ids of labels that must stand beside a sensitive one, so that a person or a child"
                    + " has somewhere else to go",
            fallback = "[]")
        List<String> requiredAlternatives,
    @Field(
            value = "attributes of people whose mention must not change the decision",
            oneOf = {"gender", "age", "skin_tone", "religion", "ethnicity"},
            fallbackInWords = "gender, age and skin_tone where sensitive, else none")
        List<String> axes,
    @Field(value = "limit for the difference of firing rates between groups", min = 0, max = 1)
        OptionalDouble maxDemographicParityDifference,
    @Field(value = "limit for the ratio of adverse rates between groups", min = 1)
        OptionalDouble maxAdverseRateRatio,
    @Field(
            value =
                "limit for how far the label's words may lean towards one group, as a multiple of"
                    + " how far everyday sentences about people do",
            min = 0)
        OptionalDouble maxRelativeSkew,
    @Field("who lets the label pass beyond its limits, why and until when")
        Optional<Waiver> waiver) {

  /** An exception. */
  public record Waiver(
      @Field("who answers for the exception") String who,
      @Field(value = "the reason for it", maxLength = 2000) String why,
      @Field("last day on which it holds, as 2026-12-31") LocalDate until) {}

  public BiasPolicy {
    requiredAlternatives = List.copyOf(requiredAlternatives);
    axes = List.copyOf(axes);
  }
}
