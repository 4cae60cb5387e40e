package dev.halcyon.app.topology;

import dev.halcyon.clip.Evidence;
import dev.halcyon.clip.Rejected;
import java.time.Clock;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;

/**
 * Analyzed uploads in, evidence out, nothing decided: the end of a shadow's path. What its model
 * refuses is counted and leaves no event, since the deciding application answers for it. Lives on
 * one stream thread.
 */
final class EvidenceProcessor implements Processor<String, AnalyzedUpload, String, SpecificRecord> {
  private final Clock clock;
  private final StreamObserver observer;
  private ProcessorContext<String, SpecificRecord> context;

  EvidenceProcessor(Clock clock, StreamObserver observer) {
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
    if (analyzed.outcome() instanceof Evidence evidence) {
      context.forward(
          record.withValue(
              EventMapper.evidenceEvent(analyzed.pending(), evidence, analyzed.analyzedAt())),
          ModerationTopology.EVIDENCE);
    } else if (analyzed.outcome() instanceof Rejected rejected) {
      observer.rejected(EventMapper.rejectEvent(analyzed.pending(), rejected, clock.instant()));
    }
  }
}
