package dev.halcyon.app.topology;

import dev.halcyon.app.audit.CanarySet;
import dev.halcyon.app.decision.CanaryPolicy;
import dev.halcyon.app.decision.Decider;
import dev.halcyon.app.decision.DeciderSource;
import dev.halcyon.app.decision.Decision;
import dev.halcyon.clip.Evidence;
import dev.halcyon.clip.RejectReason;
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
  private static final Rejected UNKNOWN_CANARY =
      new Rejected(
          RejectReason.INVALID_UPLOAD,
          "the upload is marked as a canary picture by the attribute "
              + CanaryMark.ATTRIBUTE
              + " and this instance knows no canary picture with its bytes; point bias.canaries at"
              + " the same pictures on every instance, or leave the mark out");
  private static final Rejected NO_CANARIES =
      new Rejected(
          RejectReason.INVALID_UPLOAD,
          "the upload is marked as a canary picture by the attribute "
              + CanaryMark.ATTRIBUTE
              + " and topics.biasReported is off; switch it on, or leave the mark out");

  private final DeciderSource deciders;
  private final boolean evidenceOn;
  private final Clock clock;
  private final StreamObserver observer;

  private final Optional<BiasReporting> bias;

  private ProcessorContext<String, SpecificRecord> context;
  private BiasCounter counter;

  DecideProcessor(
      DeciderSource deciders,
      boolean evidenceOn,
      Optional<BiasReporting> bias,
      Clock clock,
      StreamObserver observer) {
    this.deciders = deciders;
    this.evidenceOn = evidenceOn;
    this.bias = bias;
    this.clock = clock;
    this.observer = observer;
  }

  @Override
  public void init(ProcessorContext<String, SpecificRecord> context) {
    this.context = context;
    counter =
        bias.map(
                reporting ->
                    new BiasCounter(
                        context,
                        reporting.config().window(),
                        clock,
                        ModerationTopology.BIAS_COUNTS))
            .orElse(null);
  }

  @Override
  public void process(Record<String, AnalyzedUpload> record) {
    AnalyzedUpload analyzed = record.value();
    Instant now = clock.instant();
    if (analyzed.outcome() instanceof Evidence analyzedEvidence) {
      Evidence evidence = KeptEvidence.asKept(analyzedEvidence);
      Optional<String> run = CanaryMark.runOf(analyzed.pending().getUpload());
      if (run.isPresent()) {
        decideCanary(record, evidence, run.get(), now);
      } else {
        decide(record, evidence, now);
      }
    } else if (analyzed.outcome() instanceof Rejected rejected) {
      reject(record, rejected, now);
    }
  }

  private void reject(Record<String, AnalyzedUpload> record, Rejected rejected, Instant now) {
    RejectEvent reject = EventMapper.rejectEvent(record.value().pending(), rejected, now);
    forward(record, reject, ModerationTopology.REJECTS);
    observer.rejected(reject);
  }

  /**
   * Canary pictures have their own way out: no tags, no alerts, no evidence for later decisions.
   */
  private void decideCanary(
      Record<String, AnalyzedUpload> record, Evidence evidence, String run, Instant now) {
    Optional<CanarySet.Picture> picture =
        bias.map(reporting -> reporting.canaries().get(evidence.contentSha256()));
    if (picture.isEmpty()) {
      reject(record, bias.isPresent() ? UNKNOWN_CANARY : NO_CANARIES, now);
      return;
    }
    ImageUpload upload = record.value().pending().getUpload();
    Optional<String> surface = Optional.ofNullable(upload.getSurface());
    CanaryPolicy policy = deciders.forCanaries(surface);
    Decision decision =
        policy.decider().decide(evidence, new Decider.Context(upload.getImageId(), surface));
    counter.canary(
        upload.getImageId(), bias.get().canarySet(), run, picture.get(), decision, policy, now);
    observer.canaryDecided();
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
    if (counter != null) {
      counter.count(decision, surface, now);
    }
    observer.decided(tags, alerts);
  }

  private void forward(Record<String, AnalyzedUpload> record, SpecificRecord event, String sink) {
    context.forward(record.withValue(event), sink);
  }
}
