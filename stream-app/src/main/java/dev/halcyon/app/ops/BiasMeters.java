package dev.halcyon.app.ops;

import dev.halcyon.events.BiasFinding;
import dev.halcyon.events.BiasReport;
import dev.halcyon.events.CanaryRates;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The rates reported last. One instance reports at a time; when it gives that up, its gauges go, so
 * that none is read beside those of its successor. Called by stream threads.
 */
final class BiasMeters {
  private final MeterRegistry registry;
  private final Map<List<String>, Value> values = new ConcurrentHashMap<>();

  private static final class Value {
    private volatile double last;
    private Gauge gauge;
  }

  BiasMeters(MeterRegistry registry) {
    this.registry = registry;
  }

  void reported(BiasReport report) {
    String set = report.getLabelSet();
    String label = report.getLabel();
    CanaryRates canary = report.getCanary();
    if (canary != null) {
      set(
          Meters.BIAS_PARITY_DIFFERENCE,
          canary.getParityDifference().getValue(),
          set,
          label,
          canary.getAxis());
      set(Meters.BIAS_ADVERSE_RATIO, canary.getRatio().getValue(), set, label, canary.getAxis());
    } else {
      String surface = report.getSurface() == null ? "" : report.getSurface();
      set(Meters.BIAS_FIRING_RATE, report.getFiringRate(), set, label, surface);
      set(Meters.BIAS_FRAGILE_RATE, report.getFragileRate(), set, label, surface);
      if (report.getPsiPrevious() != null) {
        set(Meters.BIAS_SCORE_SHIFT, report.getPsiPrevious(), set, label, surface);
      }
    }
    for (BiasFinding finding : report.getFindings()) {
      Meters.BIAS_FINDINGS.counter(registry, set, label, finding.getKind()).increment();
    }
  }

  void ended() {
    values.values().forEach(value -> registry.remove(value.gauge));
    values.clear();
  }

  private void set(Meters meter, double value, String... tags) {
    values.computeIfAbsent(
                List.of(meter.name(), tags[0], tags[1], tags[2]),
                none -> {
                  Value made = new Value();
                  made.gauge = meter.gauge(registry, () -> made.last, tags);
                  return made;
                })
            .last =
        value;
  }
}
