package dev.halcyon.app.topology;

import dev.halcyon.app.config.BiasConfig;
import dev.halcyon.events.BiasFinding;
import dev.halcyon.events.BiasReport;
import dev.halcyon.events.state.BiasBaseline;
import dev.halcyon.events.state.BiasCount;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.processor.Cancellable;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sums what the tasks have counted, and reports each window and each replay of canary pictures once
 * it has settled. What comes later is reported again under the same key. Counts arrive in one
 * partition, so that one task sees them all. Lives on its stream thread.
 */
final class BiasReportProcessor implements Processor<String, BiasCount, String, SpecificRecord> {
  static final String SUMS = "bias-sums";
  static final String BASELINES = "bias-baselines";

  private static final Logger LOG = LoggerFactory.getLogger(BiasReportProcessor.class);
  private static final StringSerializer STRINGS = new StringSerializer();
  private static final Duration LONGEST_GRACE = Duration.ofSeconds(10);

  /** How long after a window or a replay something may still come in late, as after a crash. */
  private static final Duration KEPT = Duration.ofHours(1);

  private static final String SEPARATOR = "\u0000";

  private final BiasConfig config;
  private final Clock clock;
  private final StreamObserver observer;
  private final long graceMillis;

  private ProcessorContext<String, SpecificRecord> context;
  private KeyValueStore<String, BiasCount> sums;
  private WindowReports windows;

  /** When each window with news is due, by its start. */
  private final TreeMap<Long, Long> dueWindows = new TreeMap<>();

  /** When each replay with news is due, by the key's prefix. */
  private final Map<String, Long> dueRuns = new HashMap<>();

  private Cancellable punctuation;

  BiasReportProcessor(BiasConfig config, Clock clock, StreamObserver observer) {
    this.config = config;
    this.clock = clock;
    this.observer = observer;
    Duration quarter = config.window().dividedBy(4);
    this.graceMillis = (quarter.compareTo(LONGEST_GRACE) < 0 ? quarter : LONGEST_GRACE).toMillis();
  }

  @Override
  public void init(ProcessorContext<String, SpecificRecord> context) {
    this.context = context;
    this.sums = context.getStateStore(SUMS);
    KeyValueStore<String, BiasBaseline> baselines = context.getStateStore(BASELINES);
    this.windows = new WindowReports(baselines, config.minImages());
    // What was settled before is reported again, under the same key: that changes nothing.
    try (KeyValueIterator<String, BiasCount> kept = sums.all()) {
      kept.forEachRemaining(entry -> expect(entry.key, entry.value));
    }
    punctuateWhileDue();
  }

  @Override
  public void process(Record<String, BiasCount> record) {
    sums.put(record.key(), record.value());
    expect(record.key(), record.value());
    punctuateWhileDue();
  }

  @Override
  public void close() {
    observer.biasReportsEnded();
  }

  private void expect(String key, BiasCount count) {
    long settled = clock.millis() + graceMillis;
    if (count.getCount() != null) {
      long end = count.getCount().getWindowEndMillis();
      dueWindows.put(count.getCount().getWindowStartMillis(), Math.max(end + graceMillis, settled));
    } else {
      dueRuns.put(key.substring(0, key.lastIndexOf(SEPARATOR) + 1), settled);
    }
  }

  private void punctuateWhileDue() {
    boolean idle = dueWindows.isEmpty() && dueRuns.isEmpty();
    if (idle && punctuation != null) {
      punctuation.cancel();
      punctuation = null;
    } else if (!idle && punctuation == null) {
      punctuation =
          context.schedule(
              Duration.ofMillis(graceMillis),
              PunctuationType.WALL_CLOCK_TIME,
              now -> {
                reportDue();
                punctuateWhileDue();
              });
    }
  }

  private void reportDue() {
    long now = clock.millis();
    for (long start : List.copyOf(dueWindows.keySet())) {
      if (dueWindows.get(start) <= now) {
        dueWindows.remove(start);
        reportWindow(start);
      }
    }
    for (String run : List.copyOf(dueRuns.keySet())) {
      if (dueRuns.get(run) <= now) {
        dueRuns.remove(run);
        reportRun(run);
      }
    }
    if (dueWindows.isEmpty() && dueRuns.isEmpty()) {
      forgetOld(now);
    }
  }

  private void reportWindow(long start) {
    var counts = new ArrayList<BiasCount>();
    try (KeyValueIterator<String, BiasCount> rows =
        sums.prefixScan("w" + SEPARATOR + start + SEPARATOR, STRINGS)) {
      rows.forEachRemaining(row -> counts.add(row.value));
    }
    for (BiasReport report : windows.of(counts, clock.instant())) {
      String surface = report.getSurface() == null ? "" : report.getSurface();
      forward(
          String.join("/", report.getLabelSet(), surface, report.getLabel(), Long.toString(start)),
          report);
    }
  }

  private void reportRun(String prefix) {
    var outcomes = new ArrayList<BiasCount>();
    try (KeyValueIterator<String, BiasCount> rows = sums.prefixScan(prefix, STRINGS)) {
      rows.forEachRemaining(row -> outcomes.add(row.value));
    }
    for (BiasReport report : CanaryReports.of(outcomes, clock.instant())) {
      forward(
          String.join(
              "/",
              report.getLabelSet(),
              report.getLabel(),
              report.getCanary().getAxis(),
              report.getCanary().getRun()),
          report);
    }
  }

  private void forward(String key, BiasReport report) {
    context.forward(new Record<>(key, report, clock.millis()));
    observer.biasReported(report);
    for (BiasFinding finding : report.getFindings()) {
      LOG.warn(
          "Label set {} label {}: {}; {}",
          report.getLabelSet(),
          report.getLabel(),
          finding.getSentence(),
          finding.getRemedy());
    }
  }

  private void forgetOld(long now) {
    var old = new ArrayList<String>();
    try (KeyValueIterator<String, BiasCount> rows = sums.all()) {
      rows.forEachRemaining(
          row -> {
            BiasCount value = row.value;
            long end =
                value.getCount() != null
                    ? value.getCount().getWindowEndMillis()
                    : value.getCanary().getDecidedAtMillis();
            if (end + KEPT.toMillis() < now) {
              old.add(row.key);
            }
          });
    }
    old.forEach(key -> sums.put(key, null));
  }
}
