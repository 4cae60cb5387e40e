package dev.halcyon.labels;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Gathers problems. A path with a problem is not to be judged further: what stands there is a
 * placeholder.
 */
final class Problems {
  private static final int MOST_REPORTED = 100;

  private final Set<Problem> found = new LinkedHashSet<>();
  private final Set<String> faultyPaths = new LinkedHashSet<>();
  private final Set<String> parentsOfFaults = new LinkedHashSet<>();

  void add(Problem problem) {
    found.add(problem);
    markFaulty(problem.path());
  }

  /** Bars a path from being judged further, without a problem of its own. */
  void markFaulty(String path) {
    if (faultyPaths.add(path)) {
      for (String parent = parent(path); parent != null; parent = parent(parent)) {
        if (!parentsOfFaults.add(parent)) {
          break;
        }
      }
    }
  }

  /** Adds a problem unless what it depends on is already known to be wrong. */
  void addUnlessFaulty(Problem problem, String... alsoDependsOn) {
    if (isFaulty(problem.path())) {
      return;
    }
    for (String path : alsoDependsOn) {
      if (isFaulty(path)) {
        return;
      }
    }
    add(problem);
  }

  /** Whether the path, or anything above or below it, has a problem. */
  private boolean isFaulty(String path) {
    if (parentsOfFaults.contains(path)) {
      return true;
    }
    for (String at = path; at != null; at = parent(at)) {
      if (faultyPaths.contains(at) && !(at.isEmpty() && !path.isEmpty())) {
        return true;
      }
    }
    return false;
  }

  boolean isEmpty() {
    return found.isEmpty();
  }

  List<Problem> list() {
    return List.copyOf(found);
  }

  /** The first problems, and how many more there are. */
  static List<Problem> capped(List<Problem> problems) {
    if (problems.size() <= MOST_REPORTED) {
      return problems;
    }
    List<Problem> first = new ArrayList<>(problems.subList(0, MOST_REPORTED));
    first.add(
        new Problem("", "and " + (problems.size() - MOST_REPORTED) + " more problems of the like"));
    return first;
  }

  /** The path one step up, empty for the root, null above the root. */
  private static String parent(String path) {
    if (path.isEmpty()) {
      return null;
    }
    int cut = Math.max(path.lastIndexOf('.'), path.lastIndexOf('['));
    return cut <= 0 ? "" : path.substring(0, cut);
  }
}
