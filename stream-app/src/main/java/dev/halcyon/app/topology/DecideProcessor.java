package dev.halcyon.app.topology;

import dev.halcyon.app.decision.Decider;
import dev.halcyon.app.decision.DeciderSource;
import dev.halcyon.app.decision.Decision;
import dev.halcyon.clip.Evidence;
import dev.halcyon.clip.Rejected;
import dev.halcyon.events.AlertEvent;
import dev.halcyon.events.ImageUpload;
import dev.halcyon.events.RejectEvent;
import dev.halcyon.events.TagEvent;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;

/**
 * Analyzed uploads in, events out. One decider decides one image from beginning to end, so that one
 * event never mixes two versions of a label set. Lives on one stream thread.
 */
final class DecideProcessor implements Processor<String, AnalyzedUpload, String, SpecificRecord> {
  private final DeciderSource deciders;
  private final boolean evidenceOn;
  private final Clock clock;
  private final StreamObserver observer;

  private ProcessorContext<String, SpecificRecord> context;

  DecideProcessor(
      DeciderSource deciders, boolean evidenceOn, Clock clock, StreamObserver observer) {
    this.deciders = deciders;
    this.evidenceOn = evidenceOn;
    this.clock = clock;
    this.observer = observer;
  }

  @Override
  public void init(ProcessorContext<String, SpecificRecord> context) {
    this.context = context;
  }

  @Override
  public void process(Record<String, AnalyzedUpload> record) {
    AnalyzedUpload analyzed = record.value();
    Instant now = clock.instant();
    if (analyzed.outcome() instanceof Evidence evidence) {
      decide(record, evidence, now);
    } else if (analyzed.outcome() instanceof Rejected rejected) {
      RejectEvent reject = EventMapper.rejectEvent(analyzed.pending(), rejected, now);
      forward(record, reject, ModerationTopology.REJECTS);
      observer.rejected(reject);
    }
  }

  private void decide(Record<String, AnalyzedUpload> record, Evidence evidence, Instant now) {
    AnalyzedUpload analyzed = record.value();
    ImageUpload upload = analyzed.pending().getUpload();
    Optional<String> surface = Optional.ofNullable(upload.getSurface());
    Decider decider = deciders.forSurface(surface);
    Decision decision = decider.decide(evidence, new Decider.Context(upload.getImageId(), surface));
    TagEvent tags = EventMapper.tagEvent(analyzed.pending(), evidence, decision, now);
    List<AlertEvent> alerts = EventMapper.alertEvents(analyzed.pending(), evidence, decision, now);
    forward(record, tags, ModerationTopology.TAGS);
    alerts.forEach(alert -> forward(record, alert, ModerationTopology.ALERTS));
    if (evidenceOn) {
      forward(
          record,
          EventMapper.evidenceEvent(analyzed.pending(), evidence, analyzed.analyzedAt()),
          ModerationTopology.EVIDENCE);
    }
    observer.decided(tags, alerts);
  }

  private void forward(Record<String, AnalyzedUpload> record, SpecificRecord event, String sink) {
    context.forward(record.withValue(event), sink);
  }
}
