package dev.halcyon.app.labels;

import dev.halcyon.app.decision.CanaryPolicy;
import dev.halcyon.app.decision.Decider;
import dev.halcyon.app.decision.DeciderSource;
import dev.halcyon.app.decision.LabelSetVersion;
import dev.halcyon.clip.EngineBrokenException;
import dev.halcyon.clip.TextAnalysis;
import dev.halcyon.events.LabelSetRecord;
import dev.halcyon.events.LabelSetStatus;
import dev.halcyon.events.wire.EventDecoder;
import dev.halcyon.events.wire.RegistryException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.Serializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The label sets in force on this instance, kept up to date from the compacted topic label-config
 * by a consumer of its own.
 *
 * <p>{@link #start} reads the topic to its end before it returns, so that no image is decided by
 * less than the fleet's label sets. From then on one thread reads, judges and compiles, and swaps
 * an immutable map ({@link LoadedLabelSets}); the stream threads that ask {@link #forSurface} never
 * wait. A record that cannot be used never replaces a set that can: the last good version stays,
 * found again after a restart in label-config-history, and the refusal is published on
 * label-config-status. A tombstone retires a set.
 */
public final class LabelSetFeed implements DeciderSource, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LabelSetFeed.class);
  private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(1);

  private final Settings settings;
  private final TopicReader reader;
  private final LoadedLabelSets sets;
  private final Map<String, List<ConsumerRecord<String, byte[]>>> pending = new LinkedHashMap<>();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread thread;
  private volatile RuntimeException failure;
  private volatile String trouble;

  /**
   * How the feed reaches its topics.
   *
   * @param client how to reach Kafka, as for a plain client
   * @param labelConfig the compacted topic of label sets
   * @param history the topic of every version
   * @param status the compacted topic of acknowledgements
   * @param instanceId this instance in acknowledgements; as {@code name/instanceId} it is their key
   * @param startDeadline how long a start may wait for the broker and for a first usable set
   * @param quota over which traffic alert quotas are taken
   */
  public record Settings(
      Map<String, Object> client,
      String labelConfig,
      String history,
      String status,
      String instanceId,
      Duration startDeadline,
      AlertQuota quota) {
    public Settings {
      client = Map.copyOf(client);
    }

    String address() {
      return String.valueOf(client.get("bootstrap.servers"));
    }
  }

  /**
   * What the feed works with.
   *
   * @param compiler of the model whose evidence is to be decided
   * @param decoder reads records of label sets
   * @param statuses writes acknowledgements
   * @param clock for expiry, quotas and acknowledgements
   * @param observer is told what happens
   */
  public record Parts(
      LabelSetCompiler compiler,
      EventDecoder<LabelSetRecord> decoder,
      Serializer<LabelSetStatus> statuses,
      Clock clock,
      LabelSetObserver observer) {
    public Parts {
      Objects.requireNonNull(compiler, "compiler");
      Objects.requireNonNull(decoder, "decoder");
      Objects.requireNonNull(statuses, "statuses");
      Objects.requireNonNull(clock, "clock");
      Objects.requireNonNull(observer, "observer");
    }
  }

  private LabelSetFeed(Settings settings, Parts parts, TopicReader reader) {
    this.settings = settings;
    this.reader = reader;
    this.sets =
        new LoadedLabelSets(
            parts,
            settings.quota(),
            new StatusWriter(
                settings.client(),
                settings.status(),
                settings.instanceId(),
                parts.compiler().model(),
                parts.statuses(),
                parts.clock()));
    this.thread = new Thread(this::run, "halcyon-label-sets");
    thread.setDaemon(true);
  }

  /**
   * Reads the label sets and keeps them up to date until closed.
   *
   * @throws LabelTopicException if the broker does not answer in time, a topic is missing, or no
   *     label set is in force by the deadline; the message names address, topic and remedy
   * @throws EngineBrokenException if prompts cannot be encoded
   */
  public static LabelSetFeed start(Settings settings, Parts parts) {
    Deadline deadline = Deadline.in(settings.startDeadline());
    TopicReader reader = new TopicReader(settings.client(), settings.labelConfig(), deadline);
    LabelSetFeed feed;
    try {
      feed = new LabelSetFeed(settings, parts, reader);
    } catch (RuntimeException e) {
      reader.close();
      throw e;
    }
    try {
      feed.readFirst(deadline);
    } catch (RuntimeException e) {
      feed.close();
      throw e;
    }
    feed.thread.start();
    return feed;
  }

  @Override
  public Decider forSurface(Optional<String> surface) {
    return sets.inForce().decider(surface);
  }

  @Override
  public CanaryPolicy forCanaries(Optional<String> surface) {
    return sets.inForce().canaries(surface);
  }

  /** How much work uploads of a surface are worth as to written text. */
  public TextAnalysis textAnalysis(Optional<String> surface) {
    return sets.inForce().textAnalysis(surface);
  }

  /** The versions in force, by set name. */
  public List<LabelSetVersion> versions() {
    return sets.inForce().sets().values().stream()
        .map(installed -> installed.decider().labelSet())
        .toList();
  }

  /** What keeps images from being decided by what the topic holds; empty where nothing does. */
  public Optional<String> problem() {
    if (failure != null) {
      return Optional.of("label sets are no longer kept up to date: " + failure.getMessage());
    }
    if (sets.inForce().isEmpty()) {
      return Optional.of("no label set is in force");
    }
    return Optional.ofNullable(trouble);
  }

  @Override
  public void close() {
    closed.countDown();
    if (thread.isAlive() && !thread.equals(Thread.currentThread())) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    } else {
      release();
    }
  }

  private void release() {
    sets.close();
    reader.close();
  }

  private void readFirst(Deadline deadline) {
    reader.readToCommittedEnd(deadline, this::gather);
    while (true) {
      RegistryException registry = takeIn();
      if (pending.isEmpty() && !sets.inForce().isEmpty()) {
        refuseSwap();
        return;
      }
      if (deadline.isOver()) {
        throw registry == null ? nothingInForce(deadline) : registry;
      }
      reader.poll().forEach(this::gather);
    }
  }

  /**
   * A start with another model than a set was calibrated for is refused, rather than going on with
   * an older version of the set, or without it: what it guarded would be open, and nothing would
   * look wrong.
   */
  private void refuseSwap() {
    String problems =
        sets.refusals().entrySet().stream()
            .filter(refusal -> refusal.getValue().stream().anyMatch(LabelSetFeed::isOfAnotherModel))
            .map(refusal -> refusal.getKey() + ": " + String.join(", ", refusal.getValue()))
            .collect(Collectors.joining("; "));
    if (!problems.isEmpty()) {
      throw new LabelTopicException(
          "topic "
              + settings.labelConfig()
              + " at "
              + settings.address()
              + " holds a label set calibrated for another model than this instance runs; "
              + problems
              + "; publish a version calibrated for this model first, or go back to the model it"
              + " was calibrated for");
    }
  }

  private static boolean isOfAnotherModel(String problem) {
    return problem.startsWith("calibration.") || problem.contains(".probe.modelHash");
  }

  private LabelTopicException nothingInForce(Deadline deadline) {
    StringBuilder message =
        new StringBuilder("topic ")
            .append(settings.labelConfig())
            .append(" at ")
            .append(settings.address())
            .append(" holds no label set that can be used, after waiting ")
            .append(deadline.length().toMillis())
            .append(" ms");
    sets.refusals()
        .forEach(
            (name, problems) ->
                message.append("; ").append(name).append(": ").append(String.join(", ", problems)));
    return new LabelTopicException(
        message.append("; publish one with: halcyon labels apply FILE --reason TEXT").toString());
  }

  private void run() {
    try {
      while (closed.getCount() > 0) {
        try {
          step();
        } catch (KafkaException e) {
          trouble = settings.labelConfig() + " at " + settings.address() + ": " + e.getMessage();
          LOG.warn("Label sets cannot be read, the last ones stay in force: {}", trouble, e);
          pause();
        }
      }
    } catch (RuntimeException e) {
      failure = e;
      LOG.error("Label sets are no longer kept up to date", e);
    } finally {
      release();
    }
  }

  private void step() {
    reader.poll().forEach(this::gather);
    RegistryException registry = takeIn();
    if (registry != null) {
      throw registry;
    }
    sets.renewExpired();
    sets.reportDemotions();
    trouble = null;
  }

  private void pause() {
    try {
      if (closed.await(PAUSE_AFTER_FAILURE.toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.debug("Closed while waiting");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      closed.countDown();
    }
  }

  private void gather(ConsumerRecord<String, byte[]> record) {
    if (record.key() == null) {
      LOG.warn(
          "Record at {}-{} offset {} has no key and is passed over",
          record.topic(),
          record.partition(),
          record.offset());
      return;
    }
    pending.computeIfAbsent(record.key(), none -> new ArrayList<>()).add(record);
  }

  /** Takes in what was gathered. What the registry kept from being read stays for the next time. */
  private RegistryException takeIn() {
    for (String name : List.copyOf(pending.keySet())) {
      try {
        takeIn(name, pending.get(name));
        pending.remove(name);
      } catch (RegistryException e) {
        return e;
      }
    }
    return null;
  }

  /** The newest record that can be used comes into force; a newer one that cannot is reported. */
  private void takeIn(String name, List<ConsumerRecord<String, byte[]>> records) {
    Admission.Verdict.Refused newest = null;
    for (int i = records.size() - 1; i >= 0; i--) {
      ConsumerRecord<String, byte[]> record = records.get(i);
      Optional<Admission.Verdict.Refused> refused = Optional.empty();
      if (record.value() == null) {
        sets.retire(name);
      } else {
        refused = sets.offer(record);
      }
      if (refused.isEmpty()) {
        if (newest != null) {
          sets.refuse(name, newest);
        }
        return;
      }
      newest = newest == null ? refused.get() : newest;
    }
    if (!sets.knows(name)) {
      findLastGood(name);
    }
    sets.refuse(name, newest);
  }

  /**
   * After a restart the topic may hold nothing but a version that cannot be used: the one that was
   * in force before it is in the history.
   */
  private void findLastGood(String name) {
    List<ConsumerRecord<String, byte[]>> versions;
    try {
      versions =
          new ArrayList<>(
              TopicReader.readAll(
                  settings.client(), settings.history(), Deadline.in(settings.startDeadline())));
    } catch (LabelTopicException e) {
      LOG.warn("Label set {}: no earlier version can be looked up: {}", name, e.getMessage());
      return;
    }
    versions.removeIf(record -> !name.equals(record.key()) || record.value() == null);
    Collections.reverse(versions);
    for (ConsumerRecord<String, byte[]> version : versions) {
      if (sets.offer(version).isEmpty()) {
        return;
      }
    }
  }
}
