package dev.halcyon.app.topology;

import dev.halcyon.app.config.WindowConfig;
import dev.halcyon.events.SourceRef;
import dev.halcyon.events.state.PendingUpload;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.processor.Cancellable;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * Uploads in, analyzed uploads out, through the {@link PendingWindow} of the task's partition.
 *
 * <p>The window is looked at whenever the stream thread is here: with each record, and by a
 * wall-clock punctuation that runs only while the window is not empty, since a standing one would
 * make an idle program commit for ever.
 *
 * <p>Exactly once, a window that becomes empty asks for a commit: with nothing under way there is
 * nothing to gather, and readers of committed records would wait for the rest of the commit
 * interval for no reason. A thread asks at most twice an interval, so that a light load costs at
 * most three commits where there would be one. Lives on one stream thread.
 */
final class AnalyzeProcessor implements Processor<byte[], byte[], String, AnalyzedUpload> {
  static final String WINDOW_STORE = "window";

  private final UploadReader reader;
  private final Analysis analysis;
  private final WindowConfig bounds;
  private final boolean transactional;
  private final Clock clock;
  private final StreamObserver observer;
  private final WindowsOfThread windows;

  private ProcessorContext<String, AnalyzedUpload> context;
  private PendingWindow window;
  private Cancellable punctuation;
  private long commitSpacingMillis;

  AnalyzeProcessor(
      UploadReader reader,
      Analysis analysis,
      WindowConfig bounds,
      boolean transactional,
      Clock clock,
      StreamObserver observer,
      WindowsOfThread windows) {
    this.reader = reader;
    this.analysis = analysis;
    this.bounds = bounds;
    this.transactional = transactional;
    this.clock = clock;
    this.observer = observer;
    this.windows = windows;
  }

  @Override
  public void init(ProcessorContext<String, AnalyzedUpload> context) {
    this.context = context;
    commitSpacingMillis =
        (Long) context.appConfigs().get(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG) / 2;
    KeyValueStore<Long, PendingUpload> store = context.getStateStore(WINDOW_STORE);
    CommitMark mark = context.getStateStore(CommitMark.NAME);
    window =
        new PendingWindow(
            store,
            analysis,
            this::forward,
            bounds,
            transactional,
            mark::commits,
            clock,
            System::nanoTime,
            observer);
    windows.opened();
    window.restore();
    punctuateWhilePending();
  }

  @Override
  public void process(Record<byte[], byte[]> upload) {
    window.emit();
    RecordMetadata place = context.recordMetadata().orElseThrow();
    UploadReader.Read read =
        reader.read(
            new SourceRef(place.topic(), place.partition(), place.offset()),
            upload.key(),
            upload.value(),
            Instant.ofEpochMilli(upload.timestamp()));
    PendingUpload pending = read.pending();
    Optional<ByteBuffer> inline = read.inline();
    window.awaitRoom(pending.getInlineBytes(), patienceLeft());
    window.add(place.offset(), pending, inline);
    window.emit();
    punctuateWhilePending();
  }

  @Override
  public void close() {
    if (window != null) {
      windows.closed();
      window.close();
      window = null;
    }
  }

  private void punctuate(long now) {
    window.emit();
    punctuateWhilePending();
  }

  private void punctuateWhilePending() {
    if (window.isEmpty() && punctuation != null) {
      punctuation.cancel();
      punctuation = null;
      if (transactional && windows.mayCommit(clock.millis(), commitSpacingMillis)) {
        context.commit();
      }
    } else if (!window.isEmpty() && punctuation == null) {
      punctuation =
          context.schedule(
              bounds.punctuateEvery(), PunctuationType.WALL_CLOCK_TIME, this::punctuate);
    }
  }

  /**
   * What is left of this task's part of the thread's patience. Kafka Streams reads the system time
   * once, when it turns to the task, so that the difference is how long this round has lasted.
   */
  private Duration patienceLeft() {
    Duration share = bounds.fullWait().dividedBy(windows.count());
    Duration spent = Duration.ofMillis(clock.millis() - context.currentSystemTimeMs());
    return spent.isNegative() ? share : share.minus(spent);
  }

  private void forward(AnalyzedUpload analyzed) {
    // Decided now, therefore stamped now: retention is to count from here.
    context.forward(
        new Record<>(analyzed.pending().getUpload().getImageId(), analyzed, clock.millis()));
  }
}
