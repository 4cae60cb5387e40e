package dev.halcyon.app.topology;

import dev.halcyon.app.config.KafkaConfig;
import dev.halcyon.app.config.TopicsConfig;
import dev.halcyon.app.config.WindowConfig;
import dev.halcyon.app.decision.DeciderSource;
import dev.halcyon.clip.ImageAnalyzer;
import dev.halcyon.clip.TextAnalysis;
import dev.halcyon.events.AlertEvent;
import dev.halcyon.events.EvidenceEvent;
import dev.halcyon.events.ImageUpload;
import dev.halcyon.events.RejectEvent;
import dev.halcyon.events.TagEvent;
import dev.halcyon.events.state.BiasBaseline;
import dev.halcyon.events.state.BiasCount;
import dev.halcyon.events.state.LabelCount;
import dev.halcyon.events.state.PendingUpload;
import dev.halcyon.events.wire.EventDecoder;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.AutoOffsetReset;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;
import org.apache.kafka.streams.state.WindowStore;

/**
 * Uploads to tags, alerts, evidence and rejects: a topology, and what its stream threads share.
 *
 * <pre>
 * uploads ─► analyze ─► decide ─► tags
 *            (window)          ├► alerts
 *                              ├► evidence
 *                              ├► rejects
 *                              └► bias counts ─► report ─► bias reports
 * </pre>
 *
 * <p>Every node and store has a name of its own, which is part of the state's identity: renaming
 * one orphans what is pending.
 */
public final class ModerationTopology {
  static final String UPLOADS = "uploads";
  static final String SAMPLE = "sample";
  static final String ANALYZE = "analyze";
  static final String DECIDE = "decide";
  static final String TAGS = "tags";
  static final String ALERTS = "alerts";
  static final String EVIDENCE = "evidence";
  static final String REJECTS = "rejects";
  static final String BIAS_COUNTS = "bias-counts";

  /**
   * The source of the second part, which sums what all tasks have counted. Kafka Streams numbers
   * the parts by the names of their sources: this one must come after {@link #UPLOADS}, or the
   * tasks of the uploads would be renumbered.
   */
  static final String WINDOWED_COUNTS = "windowed-counts";

  static final String BIAS_REPORT = "windowed-report";
  static final String BIAS_REPORTS = "windowed-reports";

  /**
   * The changelog of the window. An upload's entry lives for seconds, so that nearly all of it is
   * deletions: small segments and a short memory for deletions keep what a restart must read small.
   * The memory must outlast the time a restart takes to read the changelog.
   */
  private static final Map<String, String> CHANGELOG =
      Map.of(
          TopicConfig.SEGMENT_BYTES_CONFIG, Integer.toString(8 << 20),
          TopicConfig.SEGMENT_MS_CONFIG, "300000",
          TopicConfig.DELETE_RETENTION_MS_CONFIG, "300000",
          TopicConfig.MIN_CLEANABLE_DIRTY_RATIO_CONFIG, "0.1");

  private static final Duration COUNTS_KEPT = Duration.ofDays(1);

  private final Topology topology = new Topology();
  private final KafkaConfig kafka;

  /** Each stream thread's own. */
  private final ThreadLocal<WindowsOfThread> windows =
      ThreadLocal.withInitial(WindowsOfThread::new);

  private ModerationTopology(KafkaConfig kafka) {
    this.kafka = kafka;
  }

  Topology topology() {
    return topology;
  }

  KafkaConfig kafka() {
    return kafka;
  }

  /** What the windows of the calling stream thread share. */
  WindowsOfThread windowsOfThread() {
    return windows.get();
  }

  /**
   * What the topology is made of.
   *
   * @param decoder reads uploads
   * @param analyzer the JVM's one engine
   * @param textAnalysis how much work uploads of a surface are worth as to written text
   * @param source reads uploads a second time after a restart
   * @param deciders the label sets in force
   * @param tags writes tag events; the four serializers are used by all stream threads
   * @param alerts writes alert events
   * @param evidence writes evidence events
   * @param rejects writes reject events
   * @param clock tells when decisions are made
   * @param observer is told what happens
   */
  public record Parts(
      EventDecoder<ImageUpload> decoder,
      ImageAnalyzer analyzer,
      Function<Optional<String>, TextAnalysis> textAnalysis,
      UploadSource source,
      DeciderSource deciders,
      Serializer<TagEvent> tags,
      Serializer<AlertEvent> alerts,
      Serializer<EvidenceEvent> evidence,
      Serializer<RejectEvent> rejects,
      Clock clock,
      StreamObserver observer) {
    public Parts {
      Objects.requireNonNull(decoder, "decoder");
      Objects.requireNonNull(analyzer, "analyzer");
      Objects.requireNonNull(textAnalysis, "textAnalysis");
      Objects.requireNonNull(source, "source");
      Objects.requireNonNull(deciders, "deciders");
      Objects.requireNonNull(tags, "tags");
      Objects.requireNonNull(alerts, "alerts");
      Objects.requireNonNull(evidence, "evidence");
      Objects.requireNonNull(rejects, "rejects");
      Objects.requireNonNull(clock, "clock");
      Objects.requireNonNull(observer, "observer");
    }
  }

  /**
   * How the topology behaves.
   *
   * @param topics where uploads come from and events go to
   * @param kafka how the stream speaks to Kafka, its guarantee and commits among it
   * @param window bounds of the windows
   * @param bias what reporting rates takes; empty leaves it out, and rejects canary pictures
   */
  public record Settings(
      TopicsConfig topics, KafkaConfig kafka, WindowConfig window, Optional<BiasReporting> bias) {
    /** Without reports of rates. */
    public Settings(TopicsConfig topics, KafkaConfig kafka, WindowConfig window) {
      this(topics, kafka, window, Optional.empty());
    }
  }

  /** Builds the topology. */
  public static ModerationTopology build(Parts parts, Settings settings) {
    return build(parts, settings, true);
  }

  /**
   * Builds the topology of a shadow: the same window and analysis, evidence alone at its end.
   *
   * <pre>
   * uploads ─► sample ─► analyze ─► evidence
   *                      (window)
   * </pre>
   *
   * @param parts of which the label sets and the other serializers are not used
   * @param settings with the shadow's topics
   */
  public static ModerationTopology shadow(Parts parts, Settings settings, Shadow shadow) {
    ModerationTopology built = new ModerationTopology(settings.kafka());
    Topology topology = built.topology;
    addSource(
        topology,
        settings,
        shadow.fromStart() ? AutoOffsetReset.earliest() : AutoOffsetReset.latest());
    topology.addProcessor(SAMPLE, () -> new SampleProcessor(shadow.percent()), UPLOADS);
    built.addAnalysis(SAMPLE, parts, settings, true);
    topology.addProcessor(
        DECIDE, () -> new EvidenceProcessor(parts.clock(), parts.observer()), ANALYZE);
    sink(topology, EVIDENCE, settings.topics().evidence(), parts.evidence());
    return built;
  }

  /**
   * Builds the topology, or the one that shows why the window is remembered.
   *
   * @param remembering whether the window has a changelog; without one, a crash loses images
   */
  static ModerationTopology build(Parts parts, Settings settings, boolean remembering) {
    TopicsConfig topics = settings.topics();
    ModerationTopology built = new ModerationTopology(settings.kafka());
    Topology topology = built.topology;
    addSource(topology, settings, AutoOffsetReset.earliest());
    built.addAnalysis(UPLOADS, parts, settings, remembering);
    topology.addProcessor(
        DECIDE,
        () ->
            new DecideProcessor(
                parts.deciders(),
                topics.evidenceKept(),
                settings.bias(),
                parts.clock(),
                parts.observer()),
        ANALYZE);
    sink(topology, TAGS, topics.tags(), parts.tags());
    sink(topology, ALERTS, topics.alerts(), parts.alerts());
    if (topics.evidenceKept()) {
      sink(topology, EVIDENCE, topics.evidence(), parts.evidence());
    }
    sink(topology, REJECTS, topics.rejects(), parts.rejects());
    settings.bias().ifPresent(bias -> addReports(topology, parts, topics, bias));
    return built;
  }

  private static void addSource(Topology topology, Settings settings, AutoOffsetReset whereNew) {
    topology.addSource(
        whereNew,
        UPLOADS,
        // A record without a time is no reason to stop; nothing here goes by the time of records.
        (record, partitionTime) -> Math.max(0, record.timestamp()),
        new ByteArrayDeserializer(),
        new ByteArrayDeserializer(),
        settings.topics().uploads());
  }

  private void addAnalysis(String parent, Parts parts, Settings settings, boolean remembering) {
    UploadReader reader = new UploadReader(parts.decoder());
    Analysis analysis =
        new EngineAnalysis(parts.analyzer(), parts.textAnalysis(), parts.source(), reader);
    topology.addProcessor(
        ANALYZE,
        () ->
            new AnalyzeProcessor(
                reader,
                analysis,
                settings.window(),
                settings.kafka(),
                parts.clock(),
                parts.observer(),
                this::windowsOfThread),
        parent);
    topology.addStateStore(windowStore(remembering), ANALYZE);
    topology.addStateStore(new CommitMark.Builder(), ANALYZE);
  }

  private static void addReports(
      Topology topology, Parts parts, TopicsConfig topics, BiasReporting bias) {
    Serde<BiasCount> counts =
        AvroState.serde(BiasCount.getEncoder(), BiasCount.getDecoder(), "a count");
    topology.addStateStore(biasWindow(bias.config().window()), DECIDE);
    topology.addSink(
        BIAS_COUNTS, topics.biasCounts(), new StringSerializer(), counts.serializer(), DECIDE);
    topology.addSource(
        AutoOffsetReset.earliest(),
        WINDOWED_COUNTS,
        (record, partitionTime) -> Math.max(0, record.timestamp()),
        new StringDeserializer(),
        counts.deserializer(),
        topics.biasCounts());
    topology.addProcessor(
        BIAS_REPORT,
        () -> new BiasReportProcessor(bias.config(), parts.clock(), parts.observer()),
        WINDOWED_COUNTS);
    topology.addStateStore(keyValues(BiasReportProcessor.SUMS, counts), BIAS_REPORT);
    topology.addStateStore(
        keyValues(
            BiasReportProcessor.BASELINES,
            AvroState.serde(BiasBaseline.getEncoder(), BiasBaseline.getDecoder(), "a baseline")),
        BIAS_REPORT);
    topology.addSink(
        BIAS_REPORTS, topics.biasReports(), new StringSerializer(), bias.reports(), BIAS_REPORT);
  }

  /** Cached, so that a commit writes each count once however many images changed it. */
  private static StoreBuilder<WindowStore<String, LabelCount>> biasWindow(Duration window) {
    Duration kept =
        window.multipliedBy(2).compareTo(COUNTS_KEPT) > 0 ? window.multipliedBy(2) : COUNTS_KEPT;
    return Stores.windowStoreBuilder(
            Stores.inMemoryWindowStore(BiasCounter.STORE, kept, window, false),
            Serdes.String(),
            AvroState.serde(LabelCount.getEncoder(), LabelCount.getDecoder(), "a count"))
        .withCachingEnabled()
        .withLoggingEnabled(Map.of());
  }

  private static <V> StoreBuilder<KeyValueStore<String, V>> keyValues(
      String name, Serde<V> values) {
    return Stores.keyValueStoreBuilder(Stores.inMemoryKeyValueStore(name), Serdes.String(), values)
        .withCachingDisabled()
        .withLoggingEnabled(CHANGELOG);
  }

  private static <V extends SpecificRecord> void sink(
      Topology topology, String name, String topic, Serializer<V> values) {
    topology.addSink(name, topic, new StringSerializer(), values, DECIDE);
  }

  private static StoreBuilder<KeyValueStore<Long, PendingUpload>> windowStore(boolean remembering) {
    StoreBuilder<KeyValueStore<Long, PendingUpload>> builder =
        Stores.keyValueStoreBuilder(
                Stores.inMemoryKeyValueStore(AnalyzeProcessor.WINDOW_STORE),
                Serdes.Long(),
                PendingUploads.serde())
            .withCachingDisabled();
    return remembering ? builder.withLoggingEnabled(CHANGELOG) : builder.withLoggingDisabled();
  }
}
