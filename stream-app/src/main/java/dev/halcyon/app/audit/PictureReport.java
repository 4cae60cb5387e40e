package dev.halcyon.app.audit;

import dev.halcyon.app.statistics.Interval;
import java.util.List;

/**
 * What canary pictures showed about one label set with one model.
 *
 * @param canarySet name of the set of pictures
 * @param pictures how many were decided
 * @param unusable how many could not be decided
 * @param recognition whether the model tells the groups apart at all, by axis
 * @param rates the labels that fired on any picture, and those with limits, on each axis
 * @param findings what there is to say
 */
public record PictureReport(
    String canarySet,
    int pictures,
    int unusable,
    List<Recognition> recognition,
    List<LabelRates> rates,
    List<Finding> findings) {

  /**
   * How often the nearest group's words are those of the picture's group. A model that cannot tell
   * the groups apart treats them alike whatever else it does: rates that agree then say little.
   *
   * @param axis the axis
   * @param groups how many groups have pictures
   * @param images how many pictures
   * @param right how many were given their own group, with its interval
   */
  public record Recognition(String axis, int groups, long images, Interval right) {
    /** What guessing would reach. */
    public double chance() {
      return 1.0 / groups;
    }

    /** Whether the interval holds chance: the model may be blind here. */
    public boolean maybeBlind() {
      return right.low() <= chance();
    }
  }

  /**
   * One label's rates on one axis.
   *
   * @param limited whether the label has limits that hold on the axis
   */
  public record LabelRates(String label, GroupRates rates, boolean limited) {
    /** Whether there is more to say than that groups agree within chance. */
    public boolean isRemarkable() {
      return limited || rates.parityDifference().low() > 0;
    }
  }

  public PictureReport {
    recognition = List.copyOf(recognition);
    rates = List.copyOf(rates);
    findings = List.copyOf(findings);
  }
}
