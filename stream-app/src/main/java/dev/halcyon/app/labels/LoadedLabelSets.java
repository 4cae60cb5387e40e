package dev.halcyon.app.labels;

import dev.halcyon.app.decision.CompiledLabelSet;
import dev.halcyon.app.decision.LabelSetDecider;
import dev.halcyon.app.decision.LabelSetVersion;
import dev.halcyon.events.LabelSetRecord;
import dev.halcyon.events.LabelSetState;
import dev.halcyon.labels.LabelSet;
import dev.halcyon.labels.LabelStatus;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The label sets this instance holds: judged, compiled, in force or refused, and said so to the
 * fleet. What is in force is an immutable map that is swapped as a whole.
 *
 * <p>The feed's thread calls everything but {@link #inForce}, which any thread may.
 */
final class LoadedLabelSets implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LoadedLabelSets.class);

  private final LabelSetFeed.Parts parts;
  private final AlertQuota quota;
  private final Admission admission;
  private final StatusWriter statuses;
  private final AtomicReference<InForce> inForce;
  private final Map<String, Loaded> loaded = new HashMap<>();
  private final Map<String, List<String>> refusals = new HashMap<>();
  private final Set<String> tombstoned = new HashSet<>();
  private final Queue<Demotion> demotions = new ConcurrentLinkedQueue<>();

  /** A version that was compiled; its guard is there while it is in force. */
  private record Loaded(
      LabelSetVersion version,
      LabelSet set,
      List<String> warnings,
      CompiledLabelSet compiled,
      QuotaGuard guard) {}

  private record Demotion(LabelSetVersion version, String label, int alerts, int images) {}

  LoadedLabelSets(LabelSetFeed.Parts parts, AlertQuota quota, StatusWriter statuses) {
    this.parts = parts;
    this.quota = quota;
    this.admission = new Admission(parts.decoder(), parts.compiler().model());
    this.statuses = statuses;
    this.inForce = new AtomicReference<>(new InForce(Map.of(), new NoLabelSet(parts.observer())));
  }

  /** What decides now. */
  InForce inForce() {
    return inForce.get();
  }

  /** Whether a version is in force, or the set was retired. */
  boolean knows(String name) {
    return loaded.containsKey(name) || tombstoned.contains(name);
  }

  /** What is wrong with the newest version of sets that cannot be used, by name. */
  Map<String, List<String>> refusals() {
    return refusals;
  }

  /**
   * Judges a record with a value, and brings it into force if it can be.
   *
   * @return why it cannot be
   * @throws dev.halcyon.events.wire.RegistryException if the registry does not answer
   */
  Optional<Admission.Verdict.Refused> offer(ConsumerRecord<String, byte[]> record) {
    Admission.Verdict verdict = admission.judge(record, today());
    if (verdict instanceof Admission.Verdict.Refused refused) {
      return Optional.of(refused);
    }
    Admission.Verdict.Admitted admitted = (Admission.Verdict.Admitted) verdict;
    LabelSetRecord published = admitted.record();
    LabelSetVersion version =
        new LabelSetVersion(
            published.getName(), published.getVersion(), published.getContentHash());
    try {
      install(version, admitted.set(), admitted.warnings(), Set.of());
      return Optional.empty();
    } catch (LabelSetRefusedException e) {
      return Optional.of(
          new Admission.Verdict.Refused(
              version.version(), Optional.of(version.contentHash()), e.problems()));
    }
  }

  private void install(
      LabelSetVersion version, LabelSet set, List<String> warnings, Set<String> demoted)
      throws LabelSetRefusedException {
    String name = version.name();
    tombstoned.remove(name);
    CompiledLabelSet compiled = parts.compiler().compile(set, version, today());
    QuotaGuard guard =
        new QuotaGuard(new LabelSetDecider(compiled), quota, parts.clock(), this::demoted, demoted);
    List<String> all = new ArrayList<>(warnings);
    all.addAll(compiled.warnings());
    refusals.remove(name);
    if (set.status().compareTo(LabelStatus.SHADOW) < 0) {
      boolean retired = set.status() == LabelStatus.RETIRED;
      remove(name);
      statuses.report(
          name,
          version.version(),
          Optional.of(version.contentHash()),
          retired ? LabelSetState.RETIRED : LabelSetState.LOADED,
          all,
          Optional.empty());
      LOG.info("Label set {} version {} is {}", name, version.version(), lower(set.status()));
      return;
    }
    statuses.report(
        name,
        version.version(),
        Optional.of(version.contentHash()),
        LabelSetState.LOADED,
        all,
        Optional.ofNullable(loaded.get(name)).map(before -> before.version().version()));
    loaded.put(name, new Loaded(version, set, all, compiled, guard));
    swap();
    reportAll();
    parts.observer().inForce(version);
    LOG.info(
        "Label set {} version {} is in force: {} labels, {}",
        name,
        version.version(),
        compiled.labelCount(),
        lower(set.status()));
    all.forEach(warning -> LOG.warn("Label set {}: {}", name, warning));
  }

  /** Says of every set what is in force now: a change of one can free a surface for another. */
  private void reportAll() {
    loaded.forEach(
        (name, set) -> {
          List<String> problems = new ArrayList<>(inForce.get().conflicts(name));
          boolean decides = problems.size() < Math.max(1, set.set().surfaces().size());
          problems.addAll(set.warnings());
          statuses.report(
              name,
              set.version().version(),
              Optional.of(set.version().contentHash()),
              decides ? LabelSetState.ACTIVE : LabelSetState.LOADED,
              problems,
              decides ? Optional.of(set.version().version()) : Optional.empty());
        });
  }

  /** Says that a set's newest version cannot be used; what is in force stays. */
  void refuse(String name, Admission.Verdict.Refused refused) {
    refusals.put(name, refused.problems());
    Optional<Integer> active =
        Optional.ofNullable(loaded.get(name)).map(good -> good.version().version());
    LOG.error(
        "Label set {} version {} is refused, {}: {}",
        name,
        refused.version(),
        active.map(version -> "version " + version + " stays in force").orElse("none is in force"),
        String.join("; ", refused.problems()));
    statuses.report(
        name,
        refused.version(),
        refused.contentHash(),
        LabelSetState.REFUSED,
        refused.problems(),
        active);
    parts.observer().refused(name);
  }

  /** Takes a set out of force for good. */
  void retire(String name) {
    Loaded before = loaded.get(name);
    tombstoned.add(name);
    refusals.remove(name);
    remove(name);
    statuses.report(
        name,
        before == null ? 0 : before.version().version(),
        Optional.ofNullable(before).map(good -> good.version().contentHash()),
        LabelSetState.RETIRED,
        List.of(),
        Optional.empty());
    LOG.info("Label set {} is retired", name);
  }

  private void remove(String name) {
    parts.compiler().forget(name);
    if (loaded.remove(name) != null) {
      swap();
      reportAll();
      parts.observer().retired(name);
      if (inForce.get().isEmpty()) {
        LOG.error("No label set is in force any more: images are decided by none");
      }
    }
  }

  private void swap() {
    Map<String, InForce.Installed> sets = new HashMap<>();
    loaded.forEach(
        (name, set) ->
            sets.put(name, new InForce.Installed(set.set(), set.guard(), set.guard().uncounted())));
    inForce.set(new InForce(sets, new NoLabelSet(parts.observer())));
  }

  /**
   * Compiles sets again in which a label's last day (UTC) is over: expiry is judged here, not in
   * the decider.
   */
  void renewExpired() {
    for (Loaded before : List.copyOf(loaded.values())) {
      boolean over = before.compiled().lastDay().map(last -> today().isAfter(last)).orElse(false);
      if (!over) {
        continue;
      }
      try {
        List<String> warnings = new ArrayList<>(before.warnings());
        warnings.removeAll(before.compiled().warnings());
        install(before.version(), before.set(), warnings, before.guard().demoted());
      } catch (LabelSetRefusedException e) {
        throw new IllegalStateException(
            "label set " + before.version().name() + " compiled before and does not now", e);
      }
    }
  }

  private void demoted(LabelSetVersion version, String label, int alerts, int images) {
    demotions.add(new Demotion(version, label, alerts, images));
    parts.observer().overQuota(version, label);
  }

  /** Says which labels the quota guard has put into shadow since it was last asked. */
  void reportDemotions() {
    for (Demotion demotion = demotions.poll(); demotion != null; demotion = demotions.poll()) {
      String name = demotion.version().name();
      Loaded set = loaded.get(name);
      if (set == null || !set.version().equals(demotion.version())) {
        continue;
      }
      String what =
          String.format(
              Locale.ROOT,
              "labels.%s alerted on %d of the last %d images, above alertQuota %s: in shadow on"
                  + " this instance until another version comes; reword its prompts or raise its"
                  + " threshold",
              demotion.label(),
              demotion.alerts(),
              demotion.images(),
              set.set().alertQuota());
      LOG.error("Label set {} version {}: {}", name, set.version().version(), what);
      List<String> warnings = new ArrayList<>(set.warnings());
      warnings.add(what);
      loaded.put(name, new Loaded(set.version(), set.set(), warnings, set.compiled(), set.guard()));
      reportAll();
    }
  }

  private LocalDate today() {
    return LocalDate.ofInstant(parts.clock().instant(), ZoneOffset.UTC);
  }

  private static String lower(LabelStatus status) {
    return status.name().toLowerCase(Locale.ROOT);
  }

  /** Takes back what was said to the fleet. */
  @Override
  public void close() {
    statuses.close();
  }
}
