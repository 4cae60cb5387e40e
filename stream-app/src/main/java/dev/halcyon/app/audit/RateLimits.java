package dev.halcyon.app.audit;

import dev.halcyon.app.audit.Finding.Kind;
import dev.halcyon.app.audit.Finding.Level;
import dev.halcyon.app.statistics.Interval;
import dev.halcyon.labels.BiasPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/**
 * How differently a label may treat groups.
 *
 * @param parityDifference most DPD, where there is a limit
 * @param ratio most adverse-rate ratio, where there is a limit
 */
public record RateLimits(OptionalDouble parityDifference, OptionalDouble ratio) {
  /** The limits a label names. */
  public static RateLimits of(BiasPolicy policy) {
    return new RateLimits(policy.maxDemographicParityDifference(), policy.maxAdverseRateRatio());
  }

  /** Whether there is any limit. */
  public boolean isNone() {
    return parityDifference.isEmpty() && ratio.isEmpty();
  }

  /** What is beyond a limit by more than chance: its whole interval lies above. */
  public List<Finding> judge(String label, GroupRates rates) {
    var findings = new ArrayList<Finding>();
    Interval difference = rates.parityDifference();
    if (parityDifference.isPresent() && difference.low() > parityDifference.getAsDouble()) {
      findings.add(
          new Finding(
              label,
              Kind.RATE_DIFFERENCE,
              Level.BEYOND,
              String.format(
                  Locale.ROOT,
                  "on these pictures it fired on \"%s\" more often than on \"%s\" (%s) by %.1f"
                      + " points (%.1f to %.1f); the limit is %.1f",
                  rates.most(),
                  rates.least(),
                  rates.axis(),
                  100 * difference.estimate(),
                  100 * difference.low(),
                  100 * difference.high(),
                  100 * parityDifference.getAsDouble()),
              remedy(rates)));
    }
    if (ratio.isPresent() && rates.ratio().low() > ratio.getAsDouble()) {
      findings.add(
          new Finding(
              label,
              Kind.RATE_RATIO,
              Level.BEYOND,
              String.format(
                  Locale.ROOT,
                  "on these pictures it fired on \"%s\" %.2f times as often as on \"%s\" (%s; at"
                      + " least %.2f); the limit is %.2f",
                  rates.most(),
                  rates.ratio().estimate(),
                  rates.least(),
                  rates.axis(),
                  rates.ratio().low(),
                  ratio.getAsDouble()),
              remedy(rates)));
    }
    return findings;
  }

  private static String remedy(GroupRates rates) {
    return "raise the threshold, reword the prompts, or add negativePrompts that show people of \""
        + rates.most()
        + "\" doing ordinary things; until then let a person look (action: review)";
  }
}
