package dev.halcyon.app.topology;

import dev.halcyon.app.audit.Finding;
import dev.halcyon.app.audit.GroupCount;
import dev.halcyon.app.audit.GroupRates;
import dev.halcyon.app.audit.PictureTally;
import dev.halcyon.app.audit.RateLimits;
import dev.halcyon.app.statistics.Interval;
import dev.halcyon.events.BiasFinding;
import dev.halcyon.events.BiasReport;
import dev.halcyon.events.CanaryRates;
import dev.halcyon.events.Estimate;
import dev.halcyon.events.GroupRate;
import dev.halcyon.events.state.BiasCount;
import dev.halcyon.events.state.CanaryLimit;
import dev.halcyon.events.state.CanaryOutcome;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;

/** The reports of one replay of canary pictures under one label set. Pure. */
final class CanaryReports {

  private CanaryReports() {}

  /**
   * One report a label and axis: of the labels that fired on any picture, and those with limits.
   */
  static List<BiasReport> of(List<BiasCount> counts, Instant now) {
    List<CanaryOutcome> outcomes = counts.stream().map(BiasCount::getCanary).toList();
    if (outcomes.isEmpty()) {
      return List.of();
    }
    PictureTally tally = new PictureTally();
    Map<String, Optional<CanaryLimit>> labels = new TreeMap<>();
    for (CanaryOutcome outcome : outcomes) {
      tally.add(
          outcome.getGroups(),
          new HashSet<>(outcome.getShows()),
          new HashSet<>(outcome.getFired()));
      outcome.getLimits().forEach(limit -> labels.put(limit.getLabel(), Optional.of(limit)));
    }
    tally.labels().forEach(label -> labels.putIfAbsent(label, Optional.empty()));
    var reports = new ArrayList<BiasReport>();
    labels.forEach(
        (label, limit) -> {
          for (String axis : tally.axes()) {
            tally
                .rates(label, axis)
                .ifPresent(rates -> reports.add(report(label, limit, rates, outcomes, now)));
          }
        });
    return reports;
  }

  private static BiasReport report(
      String label,
      Optional<CanaryLimit> limit,
      GroupRates rates,
      List<CanaryOutcome> outcomes,
      Instant now) {
    CanaryOutcome any = outcomes.get(0);
    long images = rates.groups().stream().mapToLong(GroupCount::images).sum();
    long fired = rates.groups().stream().mapToLong(GroupCount::fired).sum();
    List<BiasFinding> findings =
        limit
            .filter(own -> own.getAxes().isEmpty() || own.getAxes().contains(rates.axis()))
            .map(own -> limits(own).judge(label, rates))
            .orElse(List.of())
            .stream()
            .map(CanaryReports::finding)
            .toList();
    return BiasReport.newBuilder()
        .setLabelSet(any.getLabelSet())
        .setFirstVersion(outcomes.stream().mapToInt(CanaryOutcome::getVersion).min().orElseThrow())
        .setLastVersion(outcomes.stream().mapToInt(CanaryOutcome::getVersion).max().orElseThrow())
        .setLabel(label)
        .setSurface(null)
        .setWindowStart(at(outcomes.stream().mapToLong(CanaryOutcome::getDecidedAtMillis).min()))
        .setWindowEnd(at(outcomes.stream().mapToLong(CanaryOutcome::getDecidedAtMillis).max()))
        .setImages(images)
        .setFired(fired)
        .setReview(0)
        .setShadow(0)
        .setFragile(0)
        .setFiringRate((double) fired / images)
        .setFragileRate(0)
        .setCanary(canary(any, rates))
        .setFindings(findings)
        .setReportedAt(now)
        .build();
  }

  private static Instant at(java.util.OptionalLong millis) {
    return Instant.ofEpochMilli(millis.orElseThrow());
  }

  private static RateLimits limits(CanaryLimit limit) {
    return new RateLimits(optional(limit.getMaxParityDifference()), optional(limit.getMaxRatio()));
  }

  private static OptionalDouble optional(Double value) {
    return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
  }

  private static BiasFinding finding(Finding finding) {
    return new BiasFinding(finding.kind().id(), finding.sentence(), finding.remedy());
  }

  private static CanaryRates canary(CanaryOutcome any, GroupRates rates) {
    return CanaryRates.newBuilder()
        .setCanarySet(any.getCanarySet())
        .setRun(any.getRun())
        .setAxis(rates.axis())
        .setGroups(
            rates.groups().stream()
                .map(
                    group ->
                        new GroupRate(
                            group.group(),
                            group.images(),
                            group.fired(),
                            group.shown(),
                            group.found(),
                            estimate(Interval.ofRate(group.fired(), group.images()))))
                .toList())
        .setMost(rates.most())
        .setLeast(rates.least())
        .setParityDifference(estimate(rates.parityDifference()))
        .setOddsDifference(rates.oddsDifference().map(CanaryReports::estimate).orElse(null))
        .setRatio(estimate(rates.ratio()))
        .build();
  }

  private static Estimate estimate(Interval interval) {
    return new Estimate(
        interval.estimate(),
        interval.low(),
        Double.isInfinite(interval.high()) ? null : interval.high());
  }
}
