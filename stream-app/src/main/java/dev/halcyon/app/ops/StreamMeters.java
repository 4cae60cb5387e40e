package dev.halcyon.app.ops;

import dev.halcyon.app.topology.StreamObserver;
import dev.halcyon.events.AlertEvent;
import dev.halcyon.events.BiasReport;
import dev.halcyon.events.RejectEvent;
import dev.halcyon.events.Tag;
import dev.halcyon.events.TagEvent;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;

/** Counts what happens in the stream. Called by stream threads. */
public final class StreamMeters implements StreamObserver {
  private final MeterRegistry registry;
  private final BiasMeters bias;
  private final AtomicLong windowImages = new AtomicLong();
  private final AtomicLong windowBytes = new AtomicLong();

  public StreamMeters(MeterRegistry registry) {
    this.registry = registry;
    this.bias = new BiasMeters(registry);
    Meters.WINDOW_IMAGES.gauge(registry, windowImages::get);
    Meters.WINDOW_BYTES.gauge(registry, windowBytes::get);
  }

  @Override
  public void windowChanged(int images, long bytes) {
    windowImages.addAndGet(images);
    windowBytes.addAndGet(bytes);
  }

  @Override
  public void restored(int uploads) {
    Meters.WINDOW_RESTORED.counter(registry).increment(uploads);
  }

  @Override
  public void waitedForRoom(Duration wait) {
    Meters.WINDOW_FULL_WAIT.timer(registry).record(wait);
  }

  @Override
  public void deferred() {
    Meters.WINDOW_DEFERRED.counter(registry).increment();
  }

  @Override
  public void analyzed(Duration time) {
    Meters.ANALYSIS_DURATION.timer(registry).record(time);
  }

  @Override
  public void decided(TagEvent tags, List<AlertEvent> alerts) {
    String labelSet = tags.getLabelSet().getName();
    Meters.UPLOADS.counter(registry, alerts.isEmpty() ? "tagged" : "alerted").increment();
    Meters.DECISION_LATENCY
        .timer(registry)
        .record(Duration.between(tags.getUploadedAt(), tags.getDecidedAt()).abs());
    for (Tag tag : tags.getTags()) {
      Meters.TAGS.counter(registry, labelSet, tag.getLabel()).increment();
    }
    for (Tag tag : tags.getShadowTags()) {
      Meters.SHADOW_TAGS.counter(registry, labelSet, tag.getLabel()).increment();
    }
    for (String flag : tags.getFlags()) {
      Meters.FLAGS.counter(registry, labelSet, flag).increment();
    }
    for (AlertEvent alert : alerts) {
      Meters.ALERTS
          .counter(
              registry,
              labelSet,
              alert.getLabel(),
              alert.getAction().name().toLowerCase(Locale.ROOT))
          .increment();
    }
  }

  @Override
  public void canaryDecided() {
    Meters.CANARIES.counter(registry).increment();
  }

  @Override
  public void biasReported(BiasReport report) {
    bias.reported(report);
  }

  @Override
  public void biasReportsEnded() {
    bias.ended();
  }

  @Override
  public void rejected(RejectEvent reject) {
    Meters.UPLOADS.counter(registry, "rejected").increment();
    Meters.REJECTS.counter(registry, reject.getReason()).increment();
  }
}
