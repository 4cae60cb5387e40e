package dev.halcyon.app.shadow;

import dev.halcyon.app.decision.StableShare;
import dev.halcyon.app.statistics.Interval;
import dev.halcyon.events.Tag;
import dev.halcyon.events.TagEvent;
import dev.halcyon.labels.Label;
import dev.halcyon.labels.LabelSet;
import dev.halcyon.labels.LabelStatus;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Counts what one version of a label set would have done where it did not act.
 *
 * <p>A label is in shadow on an image for one of three reasons, and its decision is held against
 * what was active there: a set in shadow or outside its canary share against the labels of the same
 * ids in the set that decided; a label in shadow, or outside its canary share, within a set that
 * decided against the other labels of its group. Used by one thread.
 */
public final class ShadowReport {
  private static final int EXAMPLES = 5;

  private final LabelSet set;
  private final int version;
  private final Predicate<String> isGeneral;
  private final Map<String, Count> counts = new LinkedHashMap<>();
  private long decisions;

  /**
   * One label.
   *
   * @param label its id
   * @param status its life, no livelier than its set's
   * @param shadowed images on which it was scored and did not act
   * @param fired of these, on how many it would have fired
   * @param rate the share that would have fired, with its interval; empty where there was no image
   * @param agreed of those fired, where what was active said so too
   * @param alone of those fired, where nothing active did
   * @param missed images on which the active label of the same id fired and this one would not
   *     have; empty where there is none to compare with
   * @param acted images on which it acted: its canary share
   * @param actedFired of these, on how many it fired
   * @param examples ids of the last images on which it alone would have fired
   */
  public record Row(
      String label,
      LabelStatus status,
      long shadowed,
      long fired,
      Optional<Interval> rate,
      long agreed,
      long alone,
      Optional<Long> missed,
      long acted,
      long actedFired,
      List<String> examples) {}

  /**
   * A report on a set as it is in force.
   *
   * @param version the version in force; decisions of others are passed over
   * @param isGeneral whether the set of a name decides the surfaces no other names
   */
  public ShadowReport(LabelSet set, int version, Predicate<String> isGeneral) {
    this.set = set;
    this.version = version;
    this.isGeneral = isGeneral;
    for (Label label : set.labels()) {
      LabelStatus status =
          label.status().compareTo(set.status()) < 0 ? label.status() : set.status();
      if (status == LabelStatus.SHADOW || status == LabelStatus.CANARY) {
        counts.put(label.id(), new Count(label, status));
      }
    }
  }

  /** How many decisions were counted. */
  public long decisions() {
    return decisions;
  }

  /** Counts a decision, if it is one on which the set had a say. */
  public void add(TagEvent event) {
    if (event.getCorrective()) {
      return;
    }
    String decided = event.getLabelSet().getName();
    if (decided.equals(set.name())) {
      if (event.getLabelSet().getVersion() == version) {
        decisions++;
        own(event);
      }
    } else if (standsBeside(event)) {
      decisions++;
      beside(event);
    }
  }

  /** One row a label in shadow or on canary, in the set's order; labels over their quota too. */
  public List<Row> rows() {
    List<Row> rows = new ArrayList<>();
    counts.values().forEach(count -> rows.add(count.row()));
    return rows;
  }

  /** Whether the set is scored on uploads of the event's surface though another decides them. */
  private boolean standsBeside(TagEvent event) {
    return set.surfaces().isEmpty()
        ? isGeneral.test(event.getLabelSet().getName())
        : event.getSurface() != null && set.surfaces().contains(event.getSurface());
  }

  /** The set itself decided: some of its labels may be in shadow. */
  private void own(TagEvent event) {
    Map<String, Set<String>> firedByGroup = new LinkedHashMap<>();
    Set<String> fired = new HashSet<>();
    for (Tag tag : event.getTags()) {
      fired.add(tag.getLabel());
      firedByGroup
          .computeIfAbsent(String.valueOf(tag.getGroup()), none -> new HashSet<>())
          .add(tag.getLabel());
    }
    Set<String> shadowed = new HashSet<>();
    for (Tag tag : event.getShadowTags()) {
      shadowed.add(tag.getLabel());
      // A label that went over its alert quota is in shadow without its set saying so.
      set.label(tag.getLabel())
          .ifPresent(
              label ->
                  counts.computeIfAbsent(label.id(), id -> new Count(label, LabelStatus.SHADOW)));
    }
    for (Count count : counts.values()) {
      String id = count.label.id();
      boolean acts =
          fired.contains(id)
              || (count.label.status() == LabelStatus.CANARY
                  && !shadowed.contains(id)
                  && StableShare.holds(
                      set.name() + "/" + id, event.getImageId(), count.label.canaryPercent()))
              || (count.label.status() == LabelStatus.ACTIVE && !shadowed.contains(id));
      if (acts) {
        count.acted++;
        count.actedFired += fired.contains(id) ? 1 : 0;
      } else {
        count.shadowed++;
        if (shadowed.contains(id)) {
          boolean agreed = !firedByGroup.getOrDefault(count.label.group(), Set.of()).isEmpty();
          count.fired(event.getImageId(), agreed);
        }
      }
    }
  }

  /** Another set decided: all labels of this one were in shadow. */
  private void beside(TagEvent event) {
    Set<String> active = new HashSet<>();
    event.getTags().forEach(tag -> active.add(tag.getLabel()));
    Set<String> shadowed = new HashSet<>();
    for (Tag tag : event.getShadowTags()) {
      if (tag.getLabel().startsWith(set.name() + "/")) {
        shadowed.add(tag.getLabel().substring(set.name().length() + 1));
      }
    }
    for (Count count : counts.values()) {
      String id = count.label.id();
      count.shadowed++;
      count.compared = true;
      if (shadowed.contains(id)) {
        count.fired(event.getImageId(), active.contains(id));
      } else if (active.contains(id)) {
        count.missed++;
      }
    }
  }

  private static final class Count {
    final Label label;
    final LabelStatus status;
    final Deque<String> examples = new ArrayDeque<>();
    long shadowed;
    long fired;
    long agreed;
    long missed;
    long acted;
    long actedFired;
    boolean compared;

    Count(Label label, LabelStatus status) {
      this.label = label;
      this.status = status;
    }

    void fired(String imageId, boolean active) {
      fired++;
      if (active) {
        agreed++;
        return;
      }
      examples.addFirst(imageId);
      if (examples.size() > EXAMPLES) {
        examples.removeLast();
      }
    }

    Row row() {
      return new Row(
          label.id(),
          status,
          shadowed,
          fired,
          shadowed == 0 ? Optional.empty() : Optional.of(Interval.ofRate(fired, shadowed)),
          agreed,
          fired - agreed,
          compared ? Optional.of(missed) : Optional.empty(),
          acted,
          actedFired,
          List.copyOf(examples));
    }
  }
}
