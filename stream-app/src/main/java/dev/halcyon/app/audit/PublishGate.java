package dev.halcyon.app.audit;

import dev.halcyon.app.labels.GateWaiver;
import dev.halcyon.app.labels.StoredVersion;
import dev.halcyon.labels.Label;
import dev.halcyon.labels.LabelGroup;
import dev.halcyon.labels.LabelSet;
import dev.halcyon.labels.ReadResult;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What stands between a change of a label set and its publication: the audit of the labels that the
 * change touches, refused beyond the pack's limits unless somebody answers for it.
 *
 * <p>Labels that are as they were are not judged again, with one exception: those that an earlier
 * waiver let pass, once it is over.
 */
public final class PublishGate {
  private final List<GateTest> tests;

  /**
   * A test of some labels of a set.
   *
   * @see LabelSetAudit
   * @see PictureAudit
   */
  @FunctionalInterface
  public interface GateTest {
    /**
     * Judges labels.
     *
     * @param judged which of the set's labels to judge, by id
     * @param day the day (UTC) for which waivers and expiry are judged
     */
    List<Finding> judge(LabelSet set, Predicate<String> judged, LocalDate day);
  }

  /**
   * What the gate says.
   *
   * @param judged ids of the labels that were judged
   * @param findings what there is to say of them
   */
  public record Verdict(Set<String> judged, List<Finding> findings) {
    public Verdict {
      judged = Set.copyOf(judged);
      findings = List.copyOf(findings);
    }

    /** The findings beyond a limit: with any, the change is refused without a waiver. */
    public List<Finding> beyond() {
      return findings.stream().filter(finding -> finding.level() == Finding.Level.BEYOND).toList();
    }

    /** What a waiver would let pass, as {@link GateWaiver} keeps it. */
    public List<String> waivable() {
      return beyond().stream()
          .map(finding -> finding.label() + ": " + finding.kind().id())
          .distinct()
          .toList();
    }
  }

  /** A gate of these tests. */
  public PublishGate(List<GateTest> tests) {
    this.tests = List.copyOf(tests);
  }

  /**
   * Judges a change.
   *
   * @param set the set as it is to be
   * @param current the version in force, if there is one
   * @param day the day (UTC) of the change
   */
  public Verdict judge(LabelSet set, Optional<StoredVersion> current, LocalDate day) {
    Set<String> judged = touched(set, current, day);
    var findings = new ArrayList<Finding>();
    if (!judged.isEmpty()) {
      for (GateTest test : tests) {
        findings.addAll(test.judge(set, judged::contains, day));
      }
    }
    return new Verdict(judged, findings);
  }

  /** Whether there is anything to judge. */
  public static boolean isTouched(LabelSet set, Optional<StoredVersion> current, LocalDate day) {
    return !touched(set, current, day).isEmpty();
  }

  /** The labels the change touches, and those whose waiver is over. */
  static Set<String> touched(LabelSet set, Optional<StoredVersion> current, LocalDate day) {
    Optional<LabelSet> before =
        current
            .map(StoredVersion::read)
            .filter(ReadResult.Read.class::isInstance)
            .map(read -> ((ReadResult.Read) read).labelSet());
    Optional<GateWaiver> over =
        current.flatMap(StoredVersion::gateWaiver).filter(waiver -> !waiver.holds(day));
    var touched = new LinkedHashSet<String>();
    for (Label label : set.labels()) {
      if (before.isEmpty()
          || !isAsBefore(label, set, before.get())
          || over.map(waiver -> waiver.covers(label.id())).orElse(false)) {
        touched.add(label.id());
      }
    }
    return touched;
  }

  private static boolean isAsBefore(Label label, LabelSet set, LabelSet before) {
    return before.label(label.id()).map(label::equals).orElse(false)
        && set.status() == before.status()
        && set.group(label.group()).equals(before.group(label.group()))
        && template(label, set).equals(template(label, before))
        && Objects.equals(rivals(label, set), rivals(label, before));
  }

  private static Optional<?> template(Label label, LabelSet set) {
    return label
        .template()
        .or(() -> set.group(label.group()).flatMap(LabelGroup::template))
        .flatMap(set::template);
  }

  /** In an exclusive group, who else competes is part of what a label means. */
  private static List<Label> rivals(Label label, LabelSet set) {
    boolean competes =
        set.group(label.group())
            .map(group -> group.mode() == LabelGroup.Mode.EXCLUSIVE)
            .orElse(false);
    return competes
        ? set.labels().stream().filter(rival -> rival.group().equals(label.group())).toList()
        : List.of();
  }
}
