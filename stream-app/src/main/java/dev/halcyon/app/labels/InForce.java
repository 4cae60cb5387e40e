package dev.halcyon.app.labels;

import dev.halcyon.app.decision.CanaryPolicy;
import dev.halcyon.app.decision.Decider;
import dev.halcyon.app.decision.SideBySideDecider;
import dev.halcyon.clip.TextAnalysis;
import dev.halcyon.labels.LabelSet;
import dev.halcyon.labels.LabelStatus;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The label sets in force and what they make of each surface. Immutable: a change makes another.
 *
 * <p>A surface is decided by the active set that names it, else by the active set that names none.
 * Sets on canary and in shadow stand beside the active set of the same surfaces and never take its
 * place. Which set has a surface that two active ones claim depends on their names alone, so that
 * every instance chooses alike whatever order the records came in.
 */
final class InForce {
  private final Map<String, Installed> sets;
  private final Map<String, Chosen> bySurface = new HashMap<>();
  private final Chosen elsewhere;
  private final Map<String, List<String>> conflicts = new TreeMap<>();

  /**
   * A set that may be in force.
   *
   * @param set as written
   * @param decider decides by it
   * @param uncounted decides by it and counts towards no quota
   */
  record Installed(LabelSet set, Decider decider, Decider uncounted) {}

  private record Chosen(Decider decider, TextAnalysis text, CanaryPolicy canaries) {}

  /**
   * What is in force.
   *
   * @param sets by name; drafts and retired sets take no part
   * @param none decides what no set does
   */
  InForce(Map<String, Installed> sets, Decider none) {
    this.sets = new TreeMap<>(sets);
    var live =
        this.sets.values().stream()
            .filter(installed -> installed.set().status().compareTo(LabelStatus.SHADOW) >= 0)
            .toList();
    var surfaces = new TreeSet<String>();
    live.forEach(installed -> surfaces.addAll(installed.set().surfaces()));
    Chosen undecided = new Chosen(none, TextAnalysis.OFF, new CanaryPolicy(none, List.of()));
    List<Installed> general =
        live.stream().filter(installed -> installed.set().surfaces().isEmpty()).toList();
    this.elsewhere = choose(general, List.of(), Optional.empty()).orElse(undecided);
    for (String surface : surfaces) {
      List<Installed> named =
          live.stream().filter(installed -> installed.set().surfaces().contains(surface)).toList();
      bySurface.put(surface, choose(named, general, Optional.of(surface)).orElse(undecided));
    }
  }

  Decider decider(Optional<String> surface) {
    return chosen(surface).decider();
  }

  CanaryPolicy canaries(Optional<String> surface) {
    return chosen(surface).canaries();
  }

  TextAnalysis textAnalysis(Optional<String> surface) {
    return chosen(surface).text();
  }

  Map<String, Installed> sets() {
    return sets;
  }

  /** Whether any set decides, on any surface. */
  boolean isEmpty() {
    return sets.values().stream()
        .noneMatch(installed -> installed.set().status().compareTo(LabelStatus.SHADOW) >= 0);
  }

  /** Surfaces a set claims but does not decide, as sentences; empty where there are none. */
  List<String> conflicts(String name) {
    return conflicts.getOrDefault(name, List.of());
  }

  private Chosen chosen(Optional<String> surface) {
    return surface.isPresent() ? bySurface.getOrDefault(surface.get(), elsewhere) : elsewhere;
  }

  private Optional<Chosen> choose(
      List<Installed> named, List<Installed> general, Optional<String> surface) {
    Optional<Installed> active = claim(named, surface);
    // A set that is only being tried takes no surface away from the one that decides it.
    List<Installed> beside = new ArrayList<>(named);
    if (active.isEmpty()) {
      active = first(general, LabelStatus.ACTIVE);
      beside.addAll(general);
    }
    var canaries = new ArrayList<SideBySideDecider.Canary>();
    var shadows = new ArrayList<Decider>();
    var all = new ArrayList<LabelSet>();
    active.ifPresent(installed -> all.add(installed.set()));
    for (Installed installed : beside) {
      if (installed.set().status() == LabelStatus.CANARY) {
        canaries.add(
            new SideBySideDecider.Canary(installed.decider(), installed.set().rolloutPercent()));
        all.add(installed.set());
      } else if (installed.set().status() == LabelStatus.SHADOW) {
        shadows.add(installed.decider());
        all.add(installed.set());
      }
    }
    if (all.isEmpty()) {
      return Optional.empty();
    }
    Decider decider =
        canaries.isEmpty() && shadows.isEmpty()
            ? active.orElseThrow().decider()
            : new SideBySideDecider(active.map(Installed::decider), canaries, shadows);
    CanaryPolicy canaryPolicy =
        active
            .map(installed -> new CanaryPolicy(installed.uncounted(), installed.set().labels()))
            .orElseGet(() -> new CanaryPolicy(decider, List.of()));
    return Optional.of(new Chosen(decider, TextDemand.of(all), canaryPolicy));
  }

  /** The first active set by name; the others are told what they do not get. */
  private Optional<Installed> claim(List<Installed> named, Optional<String> surface) {
    Optional<Installed> first = first(named, LabelStatus.ACTIVE);
    for (Installed installed : named) {
      if (installed.set().status() == LabelStatus.ACTIVE && !installed.equals(first.get())) {
        conflicts
            .computeIfAbsent(installed.set().name(), none -> new ArrayList<>())
            .add(
                "surfaces: "
                    + surface
                        .map(name -> "\"" + name + "\" is")
                        .orElse("none are named, and the rest is")
                    + " already decided by set "
                    + first.get().set().name()
                    + "; name the surface in one set, or put this one in shadow or on canary");
      }
    }
    return first;
  }

  private static Optional<Installed> first(List<Installed> sets, LabelStatus status) {
    return sets.stream().filter(installed -> installed.set().status() == status).findFirst();
  }
}
