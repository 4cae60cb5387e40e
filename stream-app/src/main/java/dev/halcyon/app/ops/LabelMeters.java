package dev.halcyon.app.ops;

import dev.halcyon.app.decision.LabelSetVersion;
import dev.halcyon.app.labels.LabelSetObserver;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts what becomes of label sets. Called by the feed's thread and by stream threads. */
public final class LabelMeters implements LabelSetObserver {
  private final MeterRegistry registry;
  private final Map<String, AtomicInteger> versions = new ConcurrentHashMap<>();

  public LabelMeters(MeterRegistry registry) {
    this.registry = registry;
  }

  @Override
  public void inForce(LabelSetVersion version) {
    gauge(version.name()).set(version.version());
  }

  @Override
  public void retired(String name) {
    gauge(name).set(0);
  }

  @Override
  public void refused(String name) {
    Meters.LABEL_SETS_REFUSED.counter(registry, name).increment();
  }

  @Override
  public void overQuota(LabelSetVersion version, String label) {
    Meters.LABELS_OVER_QUOTA.counter(registry, version.name(), label).increment();
  }

  @Override
  public void undecided() {
    Meters.UNDECIDED.counter(registry).increment();
  }

  private AtomicInteger gauge(String name) {
    return versions.computeIfAbsent(
        name,
        set -> {
          AtomicInteger version = new AtomicInteger();
          Meters.LABEL_SET_VERSION.gauge(registry, version::get, set);
          return version;
        });
  }
}
