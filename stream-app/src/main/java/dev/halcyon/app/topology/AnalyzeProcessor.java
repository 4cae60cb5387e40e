package dev.halcyon.app.topology;

import dev.halcyon.app.config.Guarantee;
import dev.halcyon.app.config.KafkaConfig;
import dev.halcyon.app.config.WindowConfig;
import dev.halcyon.events.SourceRef;
import dev.halcyon.events.state.PendingUpload;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;
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
 * wall-clock punctuation that runs only while something is pending or unread, since a standing one
 * would make an idle program commit for ever. A thread that waits for records is called back by
 * {@link AttentiveConsumers} when an analysis has finished.
 *
 * <p>Exactly once, the window asks for the commits that its readers wait for: every {@code
 * kafka.commitInterval}, and when it becomes empty, since with nothing under way there is nothing
 * to gather; the latter at most twice an interval. While uploads wait for room it asks for none: to
 * whoever waits in a queue for seconds a transaction a second is as good as five, and costs the
 * broker a fifth. Kafka Streams makes that one by itself. Lives on one stream thread.
 */
final class AnalyzeProcessor implements Processor<byte[], byte[], String, AnalyzedUpload> {
  static final String WINDOW_STORE = "window";

  private final UploadReader reader;
  private final Analysis analysis;
  private final WindowConfig bounds;
  private final boolean transactional;
  private final long commitIntervalMillis;
  private final Clock clock;
  private final StreamObserver observer;
  private final Supplier<WindowsOfThread> ofThread;

  private WindowsOfThread windows;
  private ProcessorContext<String, AnalyzedUpload> context;
  private PendingWindow window;
  private Cancellable punctuation;

  AnalyzeProcessor(
      UploadReader reader,
      Analysis analysis,
      WindowConfig bounds,
      KafkaConfig kafka,
      Clock clock,
      StreamObserver observer,
      Supplier<WindowsOfThread> ofThread) {
    this.reader = reader;
    this.analysis = analysis;
    this.bounds = bounds;
    transactional = kafka.guarantee() == Guarantee.EXACTLY_ONCE_V2;
    commitIntervalMillis = kafka.commitInterval().toMillis();
    this.clock = clock;
    this.observer = observer;
    this.ofThread = ofThread;
  }

  @Override
  public void init(ProcessorContext<String, AnalyzedUpload> context) {
    this.context = context;
    KeyValueStore<Long, PendingUpload> store = context.getStateStore(WINDOW_STORE);
    CommitMark mark = context.getStateStore(CommitMark.NAME);
    windows = ofThread.get();
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
            windows::analysisFinished,
            observer);
    windows.opened(window);
    window.restore();
    punctuateWhileNeeded();
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
    if (!window.takes(pending.getInlineBytes())) {
      window.awaitRoom(pending.getInlineBytes(), patienceLeft());
      windows.waitedForRoom(clock.millis());
    }
    window.add(place.offset(), pending, inline);
    window.emit();
    punctuateWhileNeeded();
  }

  @Override
  public void close() {
    if (window != null) {
      windows.closed(window);
      window.close();
      window = null;
    }
  }

  private void punctuate(long timestamp) {
    window.emit();
    long now = clock.millis();
    if (windows.hasUnread() && isCommitDue(now)) {
      context.commit();
      windows.commitAsked(now);
    }
    punctuateWhileNeeded();
  }

  private boolean isCommitDue(long now) {
    return window.isEmpty()
        ? windows.mayCommit(now, commitIntervalMillis / 2)
        : windows.mayCommit(now, commitIntervalMillis)
            && !windows.waitedForRoomSince(now - commitIntervalMillis);
  }

  private void punctuateWhileNeeded() {
    boolean needed = !window.isEmpty() || windows.hasUnread();
    if (!needed && punctuation != null) {
      punctuation.cancel();
      punctuation = null;
    } else if (needed && punctuation == null) {
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
    if (transactional) {
      windows.sent();
    }
  }
}
