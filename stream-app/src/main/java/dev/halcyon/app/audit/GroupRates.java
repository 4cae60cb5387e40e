package dev.halcyon.app.audit;

import dev.halcyon.app.statistics.Interval;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.ToLongFunction;

/**
 * How differently a label treats the groups on one axis, on pictures whose groups are known. DPD
 * {@code max_g P(fires | g) - min_g}; EOD {@code max(difference of true positive rates, of false
 * positive rates)}; adverse-rate ratio {@code max_g P / min_g P}, with half a case added to each
 * count so that a group without a case has a ratio.
 *
 * <p>The groups compared are the two farthest apart, picked after looking; the intervals are wide
 * enough to hold for all pairs together with 95% (Bonferroni over Wilson intervals).
 *
 * @param axis the axis
 * @param groups the counts, in the order of the axis
 * @param most the group with the highest firing rate
 * @param least the group with the lowest
 * @param parityDifference DPD
 * @param oddsDifference EOD; empty where a group has no picture that shows the label's thing and
 *     none that does not
 * @param ratio adverse-rate ratio
 */
public record GroupRates(
    String axis,
    List<GroupCount> groups,
    String most,
    String least,
    Interval parityDifference,
    Optional<Interval> oddsDifference,
    Interval ratio) {
  public GroupRates {
    groups = List.copyOf(groups);
  }

  /**
   * Compares groups.
   *
   * @return empty where fewer than two groups have pictures
   */
  public static Optional<GroupRates> of(String axis, List<GroupCount> counts) {
    List<GroupCount> seen = counts.stream().filter(group -> group.images() > 0).toList();
    if (seen.size() < 2) {
      return Optional.empty();
    }
    double z = Interval.z(seen.size() * (seen.size() - 1) / 2);
    GroupCount most = extreme(seen, GroupCount::fired, GroupCount::images, true);
    GroupCount least = extreme(seen, GroupCount::fired, GroupCount::images, false);
    Interval high = Interval.ofRate(most.fired(), most.images(), z);
    Interval low = Interval.ofRate(least.fired(), least.images(), z);
    double ratio =
        ((most.fired() + 0.5) / (most.images() + 1))
            / ((least.fired() + 0.5) / (least.images() + 1));
    return Optional.of(
        new GroupRates(
            axis,
            seen,
            most.group(),
            least.group(),
            Interval.difference(high, low),
            odds(seen, z),
            new Interval(
                Math.max(1, ratio),
                low.high() == 0 ? 1 : high.low() / low.high(),
                low.low() == 0 ? Double.POSITIVE_INFINITY : high.high() / low.low())));
  }

  /** A group with its cases of its pictures, as {@code man 3/282}. */
  String show(String name) {
    return groups.stream()
        .filter(group -> group.group().equals(name))
        .findFirst()
        .map(group -> name + " " + group.fired() + "/" + group.images())
        .orElse(name);
  }

  private static Optional<Interval> odds(List<GroupCount> groups, double z) {
    Optional<Interval> hits = spread(groups, GroupCount::found, GroupCount::shown, z);
    Optional<Interval> alarms = spread(groups, GroupCount::falselyFired, GroupCount::notShown, z);
    return hits.isEmpty()
        ? alarms
        : alarms.filter(alarm -> alarm.estimate() > hits.get().estimate()).or(() -> hits);
  }

  private static Optional<Interval> spread(
      List<GroupCount> groups,
      ToLongFunction<GroupCount> cases,
      ToLongFunction<GroupCount> trials,
      double z) {
    List<GroupCount> tried =
        groups.stream().filter(group -> trials.applyAsLong(group) > 0).toList();
    if (tried.size() < 2) {
      return Optional.empty();
    }
    GroupCount most = extreme(tried, cases, trials, true);
    GroupCount least = extreme(tried, cases, trials, false);
    return Optional.of(
        Interval.difference(
            Interval.ofRate(cases.applyAsLong(most), trials.applyAsLong(most), z),
            Interval.ofRate(cases.applyAsLong(least), trials.applyAsLong(least), z)));
  }

  /**
   * The group with the highest or lowest rate; of equals, the one with more pictures, then name.
   */
  private static GroupCount extreme(
      List<GroupCount> groups,
      ToLongFunction<GroupCount> cases,
      ToLongFunction<GroupCount> trials,
      boolean highest) {
    Comparator<GroupCount> byRate =
        Comparator.comparingDouble(
            group -> (double) cases.applyAsLong(group) / trials.applyAsLong(group));
    Comparator<GroupCount> ties =
        Comparator.comparingLong(trials).reversed().thenComparing(GroupCount::group);
    return groups.stream()
        .min((highest ? byRate.reversed() : byRate).thenComparing(ties))
        .orElseThrow();
  }
}
