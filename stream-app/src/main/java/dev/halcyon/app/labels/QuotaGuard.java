package dev.halcyon.app.labels;

import dev.halcyon.app.decision.Decider;
import dev.halcyon.app.decision.Decision;
import dev.halcyon.app.decision.LabelDecision;
import dev.halcyon.app.decision.LabelDecision.Standing;
import dev.halcyon.app.decision.LabelSetDecider;
import dev.halcyon.app.decision.LabelSetVersion;
import dev.halcyon.clip.Evidence;
import dev.halcyon.labels.Action;
import dev.halcyon.labels.Label;
import dev.halcyon.labels.LabelSet;
import dev.halcyon.labels.LabelStatus;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Sends a label to shadow that alerts on more of the recent traffic than its set allows: that is a
 * bad prompt, not a bad world. It stays there until another version comes.
 *
 * <p>Advisory, and of this instance alone: the counts are kept in memory, of the images this
 * instance decided. They begin anew after a restart, and images decided again after a crash count
 * again; exactly-once holds for what is emitted, not for what is counted here. The image that
 * exceeds the quota is still decided as before.
 *
 * <p>Safe for use by any thread: counting takes a short lock, deciding none.
 */
final class QuotaGuard implements Decider {
  private static final int BUCKETS = 10;

  private final LabelSetDecider decider;
  private final AlertQuota quota;
  private final double share;
  private final Clock clock;
  private final Listener listener;
  private final Set<String> guarded;

  private final Object lock = new Object();
  private final Deque<Bucket> buckets = new ArrayDeque<>();
  private final Set<String> demoted;
  private volatile LabelSetDecider current;

  /** Is told of labels that go to shadow, by the thread that decided; must not block. */
  @FunctionalInterface
  interface Listener {
    /**
     * A label went to shadow.
     *
     * @param alerts how many of the images it alerted on
     * @param images how many images were decided in the window
     */
    void overQuota(LabelSetVersion version, String label, int alerts, int images);
  }

  QuotaGuard(LabelSetDecider decider, AlertQuota quota, Clock clock, Listener listener) {
    this(decider, quota, clock, listener, Set.of());
  }

  /** Guards on, with labels that are already in shadow. */
  QuotaGuard(
      LabelSetDecider decider,
      AlertQuota quota,
      Clock clock,
      Listener listener,
      Set<String> demoted) {
    LabelSet set = decider.compiled().labelSet();
    this.decider = decider;
    this.quota = quota;
    this.share = set.alertQuota();
    this.clock = clock;
    this.listener = listener;
    this.guarded =
        set.status() == LabelStatus.SHADOW
            ? Set.of()
            : set.labels().stream()
                .filter(label -> label.status().compareTo(LabelStatus.CANARY) >= 0)
                .map(Label::id)
                .collect(Collectors.toUnmodifiableSet());
    this.demoted = new HashSet<>(demoted);
    this.current = demoted.isEmpty() ? decider : decider.withShadowed(demoted);
  }

  @Override
  public Decision decide(Evidence evidence, Context context) {
    Decision decision = current.decide(evidence, context);
    count(decision);
    return decision;
  }

  @Override
  public LabelSetVersion labelSet() {
    return decider.labelSet();
  }

  /** Decides by the same set as it is written, and counts towards no quota. */
  Decider uncounted() {
    return decider;
  }

  /** The labels that exceeded their quota. */
  Set<String> demoted() {
    synchronized (lock) {
      return Set.copyOf(demoted);
    }
  }

  private void count(Decision decision) {
    Map<String, Integer> exceeded = new HashMap<>();
    int images;
    synchronized (lock) {
      Bucket bucket = bucketOfNow();
      bucket.images++;
      Set<String> alerted = new HashSet<>();
      for (LabelDecision label : decision.labels()) {
        if (guarded.contains(label.label()) && alerts(label)) {
          bucket.alerts.merge(label.label(), 1, Integer::sum);
          alerted.add(label.label());
        }
      }
      images = buckets.stream().mapToInt(counted -> counted.images).sum();
      if (images < quota.minImages()) {
        return;
      }
      for (String label : alerted) {
        int alerts =
            buckets.stream().mapToInt(counted -> counted.alerts.getOrDefault(label, 0)).sum();
        if (alerts > share * images && demoted.add(label)) {
          exceeded.put(label, alerts);
        }
      }
      if (!exceeded.isEmpty()) {
        current = decider.withShadowed(demoted);
      }
    }
    exceeded.forEach(
        (label, alerts) -> listener.overQuota(decider.labelSet(), label, alerts, images));
  }

  /** A canary outside its share counts as well: the quota is of traffic, not of its share. */
  private static boolean alerts(LabelDecision label) {
    return label.standing() == Standing.REVIEW || label.action() != Action.TAG;
  }

  private Bucket bucketOfNow() {
    long now = clock.millis();
    long length = Math.max(1, quota.window().toMillis() / BUCKETS);
    long start = now - Math.floorMod(now, length);
    Bucket newest = buckets.peekLast();
    if (newest == null || newest.startMillis < start) {
      newest = new Bucket(start);
      buckets.addLast(newest);
    }
    while (buckets.getFirst().startMillis <= now - quota.window().toMillis()) {
      buckets.removeFirst();
    }
    return newest;
  }

  private static final class Bucket {
    final long startMillis;
    final Map<String, Integer> alerts = new HashMap<>();
    int images;

    Bucket(long startMillis) {
      this.startMillis = startMillis;
    }
  }
}
