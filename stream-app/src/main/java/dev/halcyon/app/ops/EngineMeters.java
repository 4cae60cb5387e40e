package dev.halcyon.app.ops;

import dev.halcyon.clip.EngineObserver;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** Counts what the engine does. Called by engine threads. */
public final class EngineMeters implements EngineObserver {
  private final MeterRegistry registry;
  private final Timer fetch;
  private final Timer decode;
  private final Timer batchWait;
  private final Timer batchDuration;
  private final DistributionSummary batchImages;

  public EngineMeters(MeterRegistry registry) {
    this.registry = registry;
    fetch = Meters.FETCH_DURATION.timer(registry);
    decode = Meters.DECODE_DURATION.timer(registry);
    batchWait = Meters.BATCH_WAIT.timer(registry);
    batchDuration = Meters.BATCH_DURATION.timer(registry);
    batchImages = Meters.BATCH_IMAGES.summary(registry);
  }

  @Override
  public void fetched(long bytes, long nanos) {
    fetch.record(nanos, TimeUnit.NANOSECONDS);
  }

  @Override
  public void decoded(long nanos) {
    decode.record(nanos, TimeUnit.NANOSECONDS);
  }

  @Override
  public void batchRan(int images, long waitNanos, long runNanos) {
    batchImages.record(images);
    batchWait.record(waitNanos, TimeUnit.NANOSECONDS);
    batchDuration.record(runNanos, TimeUnit.NANOSECONDS);
  }

  @Override
  public void imageRefused() {
    Meters.IMAGES_REFUSED.counter(registry).increment();
  }

  @Override
  public void cacheLookedUp(CacheLookup result) {
    Meters.EVIDENCE_CACHE.counter(registry, result.name().toLowerCase(Locale.ROOT)).increment();
  }

  @Override
  public void textLooked(TextFinding finding, long nanos) {
    Meters.TEXT_DURATION
        .timer(registry, finding.name().toLowerCase(Locale.ROOT))
        .record(nanos, TimeUnit.NANOSECONDS);
  }
}
