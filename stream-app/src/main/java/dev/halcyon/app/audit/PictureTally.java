package dev.halcyon.app.audit;

import dev.halcyon.app.decision.Decision;
import dev.halcyon.app.decision.LabelDecision;
import dev.halcyon.app.decision.LabelDecision.Standing;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Counts what became of canary pictures, by label, axis and group. For one thread. */
public final class PictureTally {
  private final List<Seen> pictures = new ArrayList<>();
  private final Set<String> labels = new TreeSet<>();

  private record Seen(Map<String, String> groups, Set<String> shows, Set<String> fired) {}

  /**
   * Counts a picture.
   *
   * @param groups its group by axis
   * @param shows labels that ought to fire
   * @param fired labels that fired or went to review
   */
  public void add(Map<String, String> groups, Set<String> shows, Set<String> fired) {
    pictures.add(new Seen(Map.copyOf(groups), Set.copyOf(shows), Set.copyOf(fired)));
    labels.addAll(fired);
  }

  /** The labels of a decision that count: those that fired or went to review. */
  public static Set<String> fired(Decision decision) {
    var fired = new TreeSet<String>();
    for (LabelDecision label : decision.labels()) {
      if (label.standing() != Standing.SHADOW) {
        fired.add(label.label());
      }
    }
    return fired;
  }

  /** How many pictures were counted. */
  public int size() {
    return pictures.size();
  }

  /** The labels that fired or went to review at least once, in alphabetical order. */
  public List<String> labels() {
    return List.copyOf(labels);
  }

  /** The axes on which pictures are labelled, in alphabetical order. */
  public List<String> axes() {
    var axes = new TreeSet<String>();
    pictures.forEach(picture -> axes.addAll(picture.groups().keySet()));
    return List.copyOf(axes);
  }

  /** A label's rates on an axis; empty where fewer than two groups have pictures. */
  public Optional<GroupRates> rates(String label, String axis) {
    Map<String, long[]> counts = new TreeMap<>();
    for (Seen picture : pictures) {
      String group = picture.groups().get(axis);
      if (group != null) {
        long[] count = counts.computeIfAbsent(group, none -> new long[4]);
        boolean fired = picture.fired().contains(label);
        boolean shown = picture.shows().contains(label);
        count[0]++;
        count[1] += fired ? 1 : 0;
        count[2] += shown ? 1 : 0;
        count[3] += fired && shown ? 1 : 0;
      }
    }
    Map<String, GroupCount> groups = new LinkedHashMap<>();
    counts.forEach(
        (group, count) ->
            groups.put(group, new GroupCount(group, count[0], count[1], count[2], count[3])));
    return GroupRates.of(axis, List.copyOf(groups.values()));
  }
}
