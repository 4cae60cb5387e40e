package dev.halcyon.app.history;

import dev.halcyon.app.decision.Decision;
import dev.halcyon.app.decision.LabelDecision;
import dev.halcyon.app.decision.LabelDecision.Standing;
import dev.halcyon.app.decision.LabelSetDecider;
import dev.halcyon.app.labels.LabelSetSnapshot;
import dev.halcyon.app.topology.CorrectiveEvents;
import dev.halcyon.events.AlertAction;
import dev.halcyon.events.AlertEvent;
import dev.halcyon.events.TagEvent;
import dev.halcyon.events.wire.EventDecoder;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongConsumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Decides history again and finds what is to be put right: the images whose labels, alerts, actions
 * or severities are others than the latest committed events say. Scores that moved without any of
 * these are left alone. As it compares with what was committed, what it has put right once it finds
 * right the next time.
 *
 * <p>Only images are touched that the label set decided, or would decide now. A partition at a
 * time, the decisions of the time are kept in memory by image id.
 */
public final class Redecision {
  private final Settings settings;
  private final LabelSetSnapshot sets;
  private final EventDecoder<TagEvent> tags;
  private final EventDecoder<AlertEvent> alerts;
  private final Clock clock;

  /**
   * What to put right.
   *
   * @param client how to reach Kafka, as for a plain client
   * @param tags topic of tag events
   * @param alerts topic of alert events
   * @param evidence topic of evidence, which must have as many partitions
   * @param since as for the history that is read
   * @param labelSet name of the set that decides again
   * @param reason why, as the events will say
   * @param patience how long Kafka may yield nothing before reading fails
   */
  public record Settings(
      Map<String, Object> client,
      String tags,
      String alerts,
      String evidence,
      Instant since,
      String labelSet,
      String reason,
      Duration patience) {
    public Settings {
      client = Map.copyOf(client);
    }
  }

  /** What came of it. Adds up under the lock of whoever holds it. */
  public static final class Result {
    private final Map<Change, Long> images = new TreeMap<>();
    private final Map<String, LabelCount> labels = new TreeMap<>();
    private Reading reading = new Reading();
    private long right;
    private long undecided;
    private long otherUpload;
    private long otherSet;
    private long tagEvents;
    private long alertEvents;
    private long releases;

    /** What was read, and what was left out. */
    public Reading reading() {
      return reading;
    }

    /** How many images change so. */
    public long count(Change change) {
      return images.getOrDefault(change, 0L);
    }

    /** How many images change at all. */
    public long count() {
      return images.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Alerts by label, of the images that change. */
    public Map<String, LabelCount> labels() {
      return Map.copyOf(labels);
    }

    /** Images whose events are right already. */
    public long right() {
      return right;
    }

    /** Images no tag event of the time speaks of; left alone. */
    public long withoutDecision() {
      return undecided;
    }

    /** Images whose latest decision is of another upload than the evidence; left alone. */
    public long ofAnotherUpload() {
      return otherUpload;
    }

    /** Images another label set decides; left alone. */
    public long ofAnotherSet() {
      return otherSet;
    }

    /** Corrective tag events. */
    public long tagEvents() {
      return tagEvents;
    }

    /** Corrective alert events that raise or change an alert. */
    public long alertEvents() {
      return alertEvents;
    }

    /** Corrective alert events that lift one. */
    public long releases() {
      return releases;
    }
  }

  /**
   * A redecision.
   *
   * @param sets the label sets in force, with the one that decides again
   * @param clock tells when
   */
  public Redecision(
      Settings settings,
      LabelSetSnapshot sets,
      EventDecoder<TagEvent> tags,
      EventDecoder<AlertEvent> alerts,
      Clock clock) {
    this.settings = settings;
    this.sets = sets;
    this.tags = tags;
    this.alerts = alerts;
    this.clock = clock;
  }

  /**
   * Reads, decides and hands on what is to be put right.
   *
   * @param corrections takes it; not closed
   * @param progress is told by any thread how many records have been read
   * @throws HistoryException if Kafka stops answering, or the topics do not fit each other
   */
  public Result run(EvidenceHistory history, Corrections corrections, LongConsumer progress) {
    requireSamePartitions();
    Result whole = new Result();
    whole.reading =
        history.read(partition -> new Correcting(partition, corrections, whole), progress);
    return whole;
  }

  private void requireSamePartitions() {
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            settings.client(), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      Map<String, Integer> counts = new TreeMap<>();
      for (String topic : List.of(settings.tags(), settings.alerts(), settings.evidence())) {
        counts.put(topic, consumer.partitionsFor(topic).size());
      }
      if (new TreeSet<>(counts.values()).size() > 1) {
        throw new HistoryException(
            "partitions "
                + counts
                + " differ: the last decision of an image is looked up in the partition of its"
                + " evidence; give the three topics the same number");
      }
    }
  }

  /** One partition. */
  private final class Correcting implements EvidenceHistory.Sink {
    private final StandingDecisions standing;
    private final Corrections corrections;
    private final Result whole;

    Correcting(int partition, Corrections corrections, Result whole) {
      this.standing =
          StandingDecisions.read(
              new StandingDecisions.Settings(
                  settings.client(),
                  settings.tags(),
                  settings.alerts(),
                  settings.since(),
                  settings.patience()),
              partition,
              tags,
              alerts);
      this.corrections = corrections;
      this.whole = whole;
    }

    @Override
    public void take(List<PastImage> images) {
      List<Corrected> corrected = new ArrayList<>();
      Preview.bySurface(images)
          .forEach(
              (surface, ofSurface) -> {
                List<Decision> decisions = Preview.decideAll(sets.forSurface(surface), ofSurface);
                for (int i = 0; i < ofSurface.size(); i++) {
                  judge(ofSurface.get(i), decisions.get(i)).ifPresent(corrected::add);
                }
              });
      if (!corrected.isEmpty()) {
        corrections.take(corrected);
        synchronized (whole) {
          corrected.forEach(this::count);
        }
      }
    }

    private Optional<Corrected> judge(PastImage image, Decision decision) {
      Optional<StandingDecisions.Standing> known = standing.of(image.event().getImageId());
      synchronized (whole) {
        if (known.isEmpty()) {
          whole.undecided++;
          return Optional.empty();
        }
        if (!known.get().source().equals(image.event().getSource())) {
          whole.otherUpload++;
          return Optional.empty();
        }
        if (!known.get().labelSet().getName().equals(settings.labelSet())
            && !decision.labelSet().name().equals(settings.labelSet())) {
          whole.otherSet++;
          return Optional.empty();
        }
      }
      Optional<Corrected> corrected = corrected(image, decision, known.get());
      if (corrected.isEmpty()) {
        synchronized (whole) {
          whole.right++;
        }
      }
      return corrected;
    }

    private void count(Corrected corrected) {
      whole.images.merge(corrected.change(), 1L, Long::sum);
      whole.tagEvents++;
      for (AlertEvent alert : corrected.alerts()) {
        boolean lifted = alert.getAction() == AlertAction.RELEASE;
        whole.releases += lifted ? 1 : 0;
        whole.alertEvents += lifted ? 0 : 1;
        whole
            .labels
            .computeIfAbsent(alert.getLabel(), none -> new LabelCount())
            .add(lifted, !lifted);
      }
    }
  }

  private Optional<Corrected> corrected(
      PastImage image, Decision decision, StandingDecisions.Standing known) {
    Set<String> fired = new TreeSet<>();
    Map<String, StandingDecisions.Alert> alerting = new TreeMap<>();
    for (LabelDecision label : decision.labels()) {
      if (label.standing() == Standing.FIRED) {
        fired.add(label.label());
      }
      if (label.alerts()) {
        alerting.put(
            label.label(),
            new StandingDecisions.Alert(CorrectiveEvents.action(label), label.severity()));
      }
    }
    if (fired.equals(known.tags()) && alerting.equals(known.alerts())) {
      return Optional.empty();
    }
    CorrectiveEvents.Correction correction =
        new CorrectiveEvents.Correction(known.labelSet(), settings.reason(), clock.instant());
    List<AlertEvent> events = new ArrayList<>();
    for (AlertEvent event :
        CorrectiveEvents.alertEvents(image.event(), image.evidence(), decision, correction)) {
      if (!alerting.get(event.getLabel()).equals(known.alerts().get(event.getLabel()))) {
        events.add(event);
      }
    }
    known
        .alerts()
        .forEach(
            (label, alert) -> {
              if (!alerting.containsKey(label)) {
                events.add(
                    CorrectiveEvents.release(
                        image.event(),
                        decision,
                        label,
                        alert.severity(),
                        weight(image, decision, label),
                        correction));
              }
            });
    return Optional.of(
        new Corrected(
            change(known.alerts(), alerting),
            known.labelSet(),
            CorrectiveEvents.tagEvent(
                image.event(), image.evidence(), decision, correction, events.size()),
            events));
  }

  private Optional<LabelSetDecider.Weight> weight(
      PastImage image, Decision decision, String label) {
    return sets.decider(decision.labelSet().name())
        .flatMap(decider -> decider.weigh(image.evidence(), image.context(), label));
  }

  private static Change change(
      Map<String, StandingDecisions.Alert> was, Map<String, StandingDecisions.Alert> is) {
    if (was.isEmpty() != is.isEmpty()) {
      return was.isEmpty() ? Change.NEWLY_ALERTED : Change.NEWLY_RELEASED;
    }
    return gravity(was) == gravity(is) ? Change.CHANGED_LABELS : Change.CHANGED_SEVERITY;
  }

  private static int gravity(Map<String, StandingDecisions.Alert> alerts) {
    return alerts.values().stream()
        .mapToInt(alert -> alert.severity() + (alert.action() == AlertAction.BLOCK ? 100 : 0))
        .max()
        .orElse(0);
  }
}
