package dev.halcyon.app.topology;

import dev.halcyon.app.audit.CanarySet;
import dev.halcyon.app.audit.PictureTally;
import dev.halcyon.app.audit.RateLimits;
import dev.halcyon.app.decision.CanaryPolicy;
import dev.halcyon.app.decision.Decision;
import dev.halcyon.app.decision.Flag;
import dev.halcyon.app.decision.LabelDecision;
import dev.halcyon.events.state.BiasCount;
import dev.halcyon.events.state.CanaryLimit;
import dev.halcyon.events.state.CanaryOutcome;
import dev.halcyon.events.state.LabelCount;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.streams.kstream.Windowed;
import org.apache.kafka.streams.processor.Cancellable;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.WindowStore;

/**
 * Counts the decisions of one task by label and surface in tumbling windows of the clock, and hands
 * each window on once it is over. The counts lie in a window store, so that they are committed with
 * the events they count; what is in the heap mirrors it.
 *
 * <p>A count goes out under its task's partition and says how many there were, not how many more,
 * so that one that is sent twice counts once. Lives on the task's stream thread.
 */
final class BiasCounter {
  static final String STORE = "bias-window";

  /** Surfaces counted apart in a window; a producer's mistake must not fill the heap. */
  static final int MOST_SURFACES = 20;

  static final String OTHER_SURFACES = "(other)";
  static final int BINS = 10;

  private static final String SEPARATOR = "\u0000";

  private final ProcessorContext<String, SpecificRecord> context;
  private final WindowStore<String, LabelCount> store;
  private final Duration window;
  private final Clock clock;
  private final String sink;
  private final int partition;

  /** By start of the window, then by key. */
  private final TreeMap<Long, Map<String, LabelCount>> windows = new TreeMap<>();

  private Set<String> surfaces = new HashSet<>();
  private long surfacesOfWindow;
  private Cancellable punctuation;

  BiasCounter(
      ProcessorContext<String, SpecificRecord> context, Duration window, Clock clock, String sink) {
    this.context = context;
    this.store = context.getStateStore(STORE);
    this.window = window;
    this.clock = clock;
    this.sink = sink;
    this.partition = context.taskId().partition();
    restore();
  }

  private void restore() {
    try (KeyValueIterator<Windowed<String>, LabelCount> kept = store.all()) {
      kept.forEachRemaining(
          count ->
              windows
                  .computeIfAbsent(count.key.window().start(), none -> new HashMap<>())
                  .put(count.key.key(), count.value));
    }
    punctuateWhileCounting();
  }

  /** Counts a decision about an upload. */
  void count(Decision decision, Optional<String> uploadSurface, Instant now) {
    long start = now.toEpochMilli() - Math.floorMod(now.toEpochMilli(), window.toMillis());
    handOn(start);
    String surface = pooled(uploadSurface.orElse(""), start);
    LabelCount images = row(decision, surface, "", start);
    images.setImages(images.getImages() + 1);
    put(images);
    for (LabelDecision label : decision.labels()) {
      LabelCount row = row(decision, surface, label.label(), start);
      switch (label.standing()) {
        case FIRED -> row.setFired(row.getFired() + 1);
        case REVIEW -> row.setReview(row.getReview() + 1);
        case SHADOW -> row.setShadow(row.getShadow() + 1);
      }
      if (label.flags().contains(Flag.BIAS_FRAGILE)) {
        row.setFragile(row.getFragile() + 1);
      }
      int bin = Math.max(0, Math.min(BINS - 1, (int) (label.score() * BINS)));
      row.getBins().set(bin, row.getBins().get(bin) + 1);
      put(row);
    }
    punctuateWhileCounting();
  }

  /** Hands on what became of a canary picture. It is counted nowhere else. */
  void canary(
      String imageId,
      String canarySet,
      String run,
      CanarySet.Picture picture,
      Decision decision,
      CanaryPolicy policy,
      Instant now) {
    List<CanaryLimit> limits =
        policy.labels().stream()
            .filter(label -> !RateLimits.of(label.bias()).isNone())
            .map(
                label -> {
                  RateLimits own = RateLimits.of(label.bias());
                  return new CanaryLimit(
                      label.id(),
                      label.bias().axes(),
                      boxed(own.parityDifference()),
                      boxed(own.ratio()));
                })
            .toList();
    CanaryOutcome outcome =
        new CanaryOutcome(
            decision.labelSet().name(),
            decision.labelSet().version(),
            canarySet,
            run,
            imageId,
            now.toEpochMilli(),
            picture.groups(),
            picture.shows(),
            List.copyOf(PictureTally.fired(decision)),
            limits);
    forward(
        String.join(SEPARATOR, "c", run, decision.labelSet().name(), imageId),
        new BiasCount(null, outcome));
  }

  private static Double boxed(java.util.OptionalDouble value) {
    return value.isPresent() ? value.getAsDouble() : null;
  }

  private String pooled(String surface, long start) {
    if (surfacesOfWindow != start) {
      surfacesOfWindow = start;
      surfaces = new HashSet<>();
      windows.getOrDefault(start, Map.of()).values().forEach(row -> surfaces.add(row.getSurface()));
    }
    if (surfaces.contains(surface)) {
      return surface;
    }
    if (surfaces.size() >= MOST_SURFACES) {
      return OTHER_SURFACES;
    }
    surfaces.add(surface);
    return surface;
  }

  private LabelCount row(Decision decision, String surface, String label, long start) {
    String set = decision.labelSet().name();
    int version = decision.labelSet().version();
    LabelCount row =
        windows
            .computeIfAbsent(start, none -> new HashMap<>())
            .computeIfAbsent(
                key(set, surface, label),
                none ->
                    new LabelCount(
                        set,
                        version,
                        version,
                        label,
                        surface,
                        start,
                        start + window.toMillis(),
                        partition,
                        0L,
                        0L,
                        0L,
                        0L,
                        0L,
                        new ArrayList<>(Collections.nCopies(BINS, 0L))));
    row.setFirstVersion(Math.min(row.getFirstVersion(), version));
    row.setLastVersion(Math.max(row.getLastVersion(), version));
    return row;
  }

  private static String key(String set, String surface, String label) {
    return String.join(SEPARATOR, set, surface, label);
  }

  private void put(LabelCount row) {
    store.put(
        key(row.getLabelSet(), row.getSurface(), row.getLabel()), row, row.getWindowStartMillis());
  }

  /** Hands on the windows before this one. */
  private void handOn(long start) {
    while (!windows.isEmpty() && windows.firstKey() < start) {
      Map.Entry<Long, Map<String, LabelCount>> over = windows.pollFirstEntry();
      over.getValue()
          .forEach(
              (key, row) -> {
                forward(
                    String.join(
                        SEPARATOR,
                        "w",
                        Long.toString(over.getKey()),
                        key,
                        Integer.toString(partition)),
                    new BiasCount(row, null));
                store.put(key, null, over.getKey());
              });
    }
  }

  private void punctuateWhileCounting() {
    if (windows.isEmpty() && punctuation != null) {
      punctuation.cancel();
      punctuation = null;
    } else if (!windows.isEmpty() && punctuation == null) {
      // A tenth of the window: seldom enough that it costs nothing.
      punctuation =
          context.schedule(
              window.dividedBy(10),
              PunctuationType.WALL_CLOCK_TIME,
              now -> {
                long millis = clock.millis();
                handOn(millis - Math.floorMod(millis, window.toMillis()));
                punctuateWhileCounting();
              });
    }
  }

  private void forward(String key, BiasCount count) {
    context.forward(new Record<>(key, count, clock.millis()), sink);
  }
}
