package dev.halcyon.app.labels;

import dev.halcyon.app.decision.CanaryPolicy;
import dev.halcyon.app.decision.CompiledLabelSet;
import dev.halcyon.app.decision.Decider;
import dev.halcyon.app.decision.DeciderSource;
import dev.halcyon.app.decision.LabelSetDecider;
import dev.halcyon.app.decision.LabelSetVersion;
import dev.halcyon.clip.EngineBrokenException;
import dev.halcyon.clip.TextAnalysis;
import dev.halcyon.events.LabelSetRecord;
import dev.halcyon.events.LabelSetState;
import dev.halcyon.events.LabelSetStatus;
import dev.halcyon.events.wire.EventDecoder;
import dev.halcyon.events.wire.RegistryException;
import dev.halcyon.labels.LabelSet;
import dev.halcyon.labels.LabelStatus;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
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
 * an immutable map; the stream threads that ask {@link #forSurface} never wait. A record that
 * cannot be used never replaces a set that can: the last good version stays, found again after a
 * restart in label-config-history, and the refusal is published on label-config-status. A tombstone
 * retires a set.
 *
 * <p>Expiry is judged here, not in the decider: once a label's last day (UTC) is over, its set is
 * compiled again.
 */
public final class LabelSetFeed implements DeciderSource, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LabelSetFeed.class);
  private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(1);

  private final Settings settings;
  private final Parts parts;
  private final Admission admission;
  private final StatusWriter statuses;
  private final TopicReader reader;
  private final AtomicReference<InForce> inForce;
  private final Map<String, Loaded> loaded = new HashMap<>();
  private final Map<String, List<ConsumerRecord<String, byte[]>>> pending = new LinkedHashMap<>();
  private final Map<String, List<String>> refusals = new HashMap<>();
  private final Set<String> tombstoned = new HashSet<>();
  private final Queue<Demotion> demotions = new ConcurrentLinkedQueue<>();
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

  /** A version that was compiled; its guard is there while it is in force. */
  private record Loaded(
      LabelSetVersion version,
      LabelSet set,
      List<String> warnings,
      CompiledLabelSet compiled,
      QuotaGuard guard) {}

  private record Demotion(LabelSetVersion version, String label, int alerts, int images) {}

  private LabelSetFeed(Settings settings, Parts parts, TopicReader reader) {
    this.settings = settings;
    this.parts = parts;
    this.reader = reader;
    this.admission = new Admission(parts.decoder(), parts.compiler().model());
    this.statuses =
        new StatusWriter(
            settings.client(),
            settings.status(),
            settings.instanceId(),
            parts.compiler().model(),
            parts.statuses(),
            parts.clock());
    this.inForce = new AtomicReference<>(new InForce(Map.of(), new NoLabelSet(parts.observer())));
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
    return inForce.get().decider(surface);
  }

  @Override
  public CanaryPolicy forCanaries(Optional<String> surface) {
    return inForce.get().canaries(surface);
  }

  /** How much work uploads of a surface are worth as to written text. */
  public TextAnalysis textAnalysis(Optional<String> surface) {
    return inForce.get().textAnalysis(surface);
  }

  /** The versions in force, by set name. */
  public List<LabelSetVersion> versions() {
    return inForce.get().sets().values().stream()
        .map(installed -> installed.decider().labelSet())
        .toList();
  }

  /** What keeps images from being decided by what the topic holds; empty where nothing does. */
  public Optional<String> problem() {
    if (failure != null) {
      return Optional.of("label sets are no longer kept up to date: " + failure.getMessage());
    }
    if (inForce.get().isEmpty()) {
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
    statuses.close();
    reader.close();
  }

  private void readFirst(Deadline deadline) {
    reader.readToCommittedEnd(deadline, this::gather);
    while (true) {
      RegistryException registry = takeIn();
      if (pending.isEmpty() && !inForce.get().isEmpty()) {
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
        refusals.entrySet().stream()
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
    refusals.forEach(
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
    renewExpired();
    reportDemotions();
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
        retire(name);
      } else {
        refused = tryOne(record);
      }
      if (refused.isEmpty()) {
        if (newest != null) {
          refuse(name, newest);
        }
        return;
      }
      newest = newest == null ? refused.get() : newest;
    }
    if (!loaded.containsKey(name) && !tombstoned.contains(name)) {
      findLastGood(name);
    }
    refuse(name, newest);
  }

  private Optional<Admission.Verdict.Refused> tryOne(ConsumerRecord<String, byte[]> record) {
    Admission.Verdict verdict = admission.judge(record, today());
    if (verdict instanceof Admission.Verdict.Refused refused) {
      return Optional.of(refused);
    }
    Admission.Verdict.Admitted admitted = (Admission.Verdict.Admitted) verdict;
    LabelSetRecord published = admitted.record();
    LabelSetVersion version =
        new LabelSetVersion(
            published.getName(), published.getVersion(), published.getContentHash());
    try {
      install(version, admitted.set(), admitted.warnings(), Set.of());
      return Optional.empty();
    } catch (LabelSetRefusedException e) {
      return Optional.of(
          new Admission.Verdict.Refused(
              version.version(), Optional.of(version.contentHash()), e.problems()));
    }
  }

  private void install(
      LabelSetVersion version, LabelSet set, List<String> warnings, Set<String> demoted)
      throws LabelSetRefusedException {
    String name = version.name();
    tombstoned.remove(name);
    CompiledLabelSet compiled = parts.compiler().compile(set, version, today());
    QuotaGuard guard =
        new QuotaGuard(
            new LabelSetDecider(compiled), settings.quota(), parts.clock(), this::demoted, demoted);
    List<String> all = new ArrayList<>(warnings);
    all.addAll(compiled.warnings());
    refusals.remove(name);
    if (set.status().compareTo(LabelStatus.SHADOW) < 0) {
      boolean retired = set.status() == LabelStatus.RETIRED;
      remove(name);
      statuses.report(
          name,
          version.version(),
          Optional.of(version.contentHash()),
          retired ? LabelSetState.RETIRED : LabelSetState.LOADED,
          all,
          Optional.empty());
      LOG.info("Label set {} version {} is {}", name, version.version(), lower(set.status()));
      return;
    }
    statuses.report(
        name,
        version.version(),
        Optional.of(version.contentHash()),
        LabelSetState.LOADED,
        all,
        Optional.ofNullable(loaded.get(name)).map(before -> before.version().version()));
    loaded.put(name, new Loaded(version, set, all, compiled, guard));
    swap();
    reportAll();
    parts.observer().inForce(version);
    LOG.info(
        "Label set {} version {} is in force: {} labels, {}",
        name,
        version.version(),
        compiled.labelCount(),
        lower(set.status()));
    all.forEach(warning -> LOG.warn("Label set {}: {}", name, warning));
  }

  /** Says of every set what is in force now: a change of one can free a surface for another. */
  private void reportAll() {
    loaded.forEach(
        (name, set) -> {
          List<String> problems = new ArrayList<>(inForce.get().conflicts(name));
          boolean decides = problems.size() < Math.max(1, set.set().surfaces().size());
          problems.addAll(set.warnings());
          statuses.report(
              name,
              set.version().version(),
              Optional.of(set.version().contentHash()),
              decides ? LabelSetState.ACTIVE : LabelSetState.LOADED,
              problems,
              decides ? Optional.of(set.version().version()) : Optional.empty());
        });
  }

  private void refuse(String name, Admission.Verdict.Refused refused) {
    refusals.put(name, refused.problems());
    Optional<Integer> active =
        Optional.ofNullable(loaded.get(name)).map(good -> good.version().version());
    LOG.error(
        "Label set {} version {} is refused, {}: {}",
        name,
        refused.version(),
        active.map(version -> "version " + version + " stays in force").orElse("none is in force"),
        String.join("; ", refused.problems()));
    statuses.report(
        name,
        refused.version(),
        refused.contentHash(),
        LabelSetState.REFUSED,
        refused.problems(),
        active);
    parts.observer().refused(name);
  }

  private void retire(String name) {
    Loaded before = loaded.get(name);
    tombstoned.add(name);
    refusals.remove(name);
    remove(name);
    statuses.report(
        name,
        before == null ? 0 : before.version().version(),
        Optional.ofNullable(before).map(good -> good.version().contentHash()),
        LabelSetState.RETIRED,
        List.of(),
        Optional.empty());
    LOG.info("Label set {} is retired", name);
  }

  private void remove(String name) {
    parts.compiler().forget(name);
    if (loaded.remove(name) != null) {
      swap();
      reportAll();
      parts.observer().retired(name);
      if (inForce.get().isEmpty()) {
        LOG.error("No label set is in force any more: images are decided by none");
      }
    }
  }

  private void swap() {
    Map<String, InForce.Installed> sets = new HashMap<>();
    loaded.forEach(
        (name, set) ->
            sets.put(name, new InForce.Installed(set.set(), set.guard(), set.guard().uncounted())));
    inForce.set(new InForce(sets, new NoLabelSet(parts.observer())));
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
      if (tryOne(version).isEmpty()) {
        return;
      }
    }
  }

  private void renewExpired() {
    for (Loaded before : List.copyOf(loaded.values())) {
      boolean over = before.compiled().lastDay().map(last -> today().isAfter(last)).orElse(false);
      if (!over) {
        continue;
      }
      try {
        List<String> warnings = new ArrayList<>(before.warnings());
        warnings.removeAll(before.compiled().warnings());
        install(before.version(), before.set(), warnings, before.guard().demoted());
      } catch (LabelSetRefusedException e) {
        throw new IllegalStateException(
            "label set " + before.version().name() + " compiled before and does not now", e);
      }
    }
  }

  private void demoted(LabelSetVersion version, String label, int alerts, int images) {
    demotions.add(new Demotion(version, label, alerts, images));
    parts.observer().overQuota(version, label);
  }

  private void reportDemotions() {
    for (Demotion demotion = demotions.poll(); demotion != null; demotion = demotions.poll()) {
      String name = demotion.version().name();
      Loaded set = loaded.get(name);
      if (set == null || !set.version().equals(demotion.version())) {
        continue;
      }
      String what =
          String.format(
              Locale.ROOT,
              "labels.%s alerted on %d of the last %d images, above alertQuota %s: in shadow on"
                  + " this instance until another version comes; reword its prompts or raise its"
                  + " threshold",
              demotion.label(),
              demotion.alerts(),
              demotion.images(),
              set.set().alertQuota());
      LOG.error("Label set {} version {}: {}", name, set.version().version(), what);
      List<String> warnings = new ArrayList<>(set.warnings());
      warnings.add(what);
      loaded.put(name, new Loaded(set.version(), set.set(), warnings, set.compiled(), set.guard()));
      reportAll();
    }
  }

  private LocalDate today() {
    return LocalDate.ofInstant(parts.clock().instant(), ZoneOffset.UTC);
  }

  private static String lower(LabelStatus status) {
    return status.name().toLowerCase(Locale.ROOT);
  }
}
