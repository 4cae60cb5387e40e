package dev.halcyon.app.history;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What was read of a history, and what was left out and why. Adds up; used by one thread. */
public final class Reading {
  private long records;
  private long images;
  private long repeated;
  private long elsewhere;
  private long outside;
  private long unreadable;
  private String firstUnreadable;
  private final Map<String, Long> otherModels = new TreeMap<>();

  void record() {
    records++;
  }

  void image() {
    images++;
  }

  void repeated() {
    repeated++;
  }

  void elsewhere() {
    elsewhere++;
  }

  void outside() {
    outside++;
  }

  void unreadable(String where) {
    unreadable++;
    firstUnreadable = firstUnreadable == null ? where : firstUnreadable;
  }

  void otherModel(String model) {
    otherModels.merge(model, 1L, Long::sum);
  }

  void add(Reading other) {
    records += other.records;
    images += other.images;
    repeated += other.repeated;
    elsewhere += other.elsewhere;
    outside += other.outside;
    unreadable += other.unreadable;
    firstUnreadable = firstUnreadable == null ? other.firstUnreadable : firstUnreadable;
    other.otherModels.forEach((model, count) -> otherModels.merge(model, count, Long::sum));
  }

  /** Records of the evidence topic. */
  public long records() {
    return records;
  }

  /** Images that were decided again. */
  public long images() {
    return images;
  }

  /** Evidence of images of which there is newer. */
  public long repeatedEvidence() {
    return repeated;
  }

  /** Images of surfaces that were not asked for. */
  public long ofOtherSurfaces() {
    return elsewhere;
  }

  /** Images uploaded before or after the time asked for. */
  public long outsideOfTime() {
    return outside;
  }

  /** Records that are no evidence. */
  public long unreadable() {
    return unreadable;
  }

  /** Where the first of them is, and why. */
  public Optional<String> firstUnreadable() {
    return Optional.ofNullable(firstUnreadable);
  }

  /** Evidence of other models, which is never decided: how much, by model. */
  public Map<String, Long> ofOtherModels() {
    return Map.copyOf(otherModels);
  }
}
