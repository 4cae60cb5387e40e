package dev.halcyon.app;

import dev.halcyon.app.audit.CanarySet;
import dev.halcyon.app.config.AppConfig;
import dev.halcyon.app.config.ConfigException;
import dev.halcyon.app.config.ConfigLoader;
import dev.halcyon.app.config.KafkaConfig;
import dev.halcyon.app.config.TopicsConfig;
import dev.halcyon.app.decision.DeciderSource;
import dev.halcyon.app.labels.AlertQuota;
import dev.halcyon.app.labels.LabelSetCompiler;
import dev.halcyon.app.labels.LabelSetFeed;
import dev.halcyon.app.ops.AdminServer;
import dev.halcyon.app.ops.Health;
import dev.halcyon.app.ops.LabelMeters;
import dev.halcyon.app.ops.StreamMeters;
import dev.halcyon.app.topology.BiasReporting;
import dev.halcyon.app.topology.ModerationStream;
import dev.halcyon.app.topology.ModerationTopology;
import dev.halcyon.app.topology.Shadow;
import dev.halcyon.app.topology.TopicFinding;
import dev.halcyon.app.topology.TopicUploadSource;
import dev.halcyon.app.topology.Topics;
import dev.halcyon.app.topology.TopicsAdmin;
import dev.halcyon.clip.ImageAnalyzer;
import dev.halcyon.clip.TextAnalysis;
import dev.halcyon.events.AlertEvent;
import dev.halcyon.events.BiasReport;
import dev.halcyon.events.EvidenceEvent;
import dev.halcyon.events.ImageUpload;
import dev.halcyon.events.LabelSetRecord;
import dev.halcyon.events.LabelSetStatus;
import dev.halcyon.events.RejectEvent;
import dev.halcyon.events.TagEvent;
import dev.halcyon.events.wire.EventSerdes;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.kafka.KafkaStreamsMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The running program: the one place that names implementations, and their order of starting and
 * closing. What is opened last is closed first; an error while starting closes what was opened.
 */
public final class Application implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Application.class);
  private static final Duration SOURCE_PATIENCE = Duration.ofSeconds(30);

  private final AppConfig config;
  private final Clock clock;
  private final Deque<AutoCloseable> opened = new ArrayDeque<>();
  private ModerationStream stream;
  private AdminServer admin;

  /**
   * What a shadow is asked for.
   *
   * @param percent share of the uploads it looks at
   * @param fromStart whether it begins with the oldest upload that is kept
   */
  public record ShadowOrder(double percent, boolean fromStart) {}

  private Application(AppConfig config, Clock clock) {
    this.config = config;
    this.clock = clock;
  }

  /**
   * Starts the program: returns once its stream has been started, which is before it has its
   * partitions.
   *
   * @throws dev.halcyon.app.config.ConfigException if the configuration does not fit the world
   * @throws dev.halcyon.clip.ModelException if the model cannot be used
   */
  public static Application start(AppConfig config) {
    return start(config, begin(config), Optional.empty());
  }

  /**
   * Starts the program on an engine that may still be loading.
   *
   * @param engine belongs to the program from now on, also where the start fails
   * @throws dev.halcyon.app.config.ConfigException if the configuration does not fit the world
   * @throws dev.halcyon.clip.ModelException if the model cannot be used
   */
  public static Application start(AppConfig config, EngineLoad engine) {
    return start(config, engine, Optional.empty());
  }

  /**
   * Starts a shadow: the configuration's model looks at the uploads, its evidence goes to a topic
   * of its own, and nothing is decided.
   *
   * @throws dev.halcyon.app.config.ConfigException if the configuration does not fit the world
   * @throws dev.halcyon.clip.ModelException if the model cannot be used
   */
  public static Application startShadow(AppConfig config, ShadowOrder order) {
    return start(config, begin(config), Optional.of(order));
  }

  private static EngineLoad begin(AppConfig config) {
    return EngineLoad.begin(
        Home.resolve(config.engine().modelDirectory()),
        config.engine().settings(),
        config.images().settings(config.fetch()),
        engine -> engine.prove(TextAnalysis.OFF));
  }

  private static Application start(
      AppConfig config, EngineLoad engine, Optional<ShadowOrder> shadow) {
    Application application = new Application(config, Clock.systemUTC());
    try {
      application.start(engine, shadow);
      return application;
    } catch (RuntimeException | Error e) {
      application.close();
      throw e;
    }
  }

  /** Completes when the stream has stopped, with the cause where it stopped by itself. */
  public CompletableFuture<Void> stopped() {
    return stream.stopped();
  }

  /** The admin port that is open, if one is. */
  public Optional<Integer> adminPort() {
    return Optional.ofNullable(admin).map(AdminServer::port);
  }

  /** Closes everything, last opened first. What was pending stays remembered in Kafka. */
  @Override
  public synchronized void close() {
    while (!opened.isEmpty()) {
      AutoCloseable part = opened.pop();
      try {
        part.close();
      } catch (Exception e) {
        LOG.warn("{} did not close cleanly", part.getClass().getSimpleName(), e);
      }
    }
  }

  private void start(EngineLoad load, Optional<ShadowOrder> shadow) {
    PrometheusMeterRegistry registry = open(load).registry();
    bindRuntime(registry);
    StartUp startUp = new StartUp();
    Health health = new Health();
    health.addLive("stream", startUp::live);
    health.addReady("started", startUp::ready);
    if (config.admin().enabled()) {
      admin =
          open(
              AdminServer.open(
                  config.admin().bindAddress(), config.admin().port(), registry, health));
    }

    requireTopics(
        shadow.isPresent()
            ? Topics.uploadsOf(config.topics(), config.images().maxBytes())
            : Topics.of(config.topics(), config.images().maxBytes()));
    EventSerdes serdes =
        open(
            new EventSerdes(
                config.serdes().serializer(),
                config.serdes().deserializer(),
                config.serdes().clientProperties()));
    StreamMeters meters = new StreamMeters(registry);
    EngineLoad.Engine engine = load.await();
    if (shadow.isPresent()) {
      Shadow second =
          new Shadow(engine.model().identity(), shadow.get().percent(), shadow.get().fromStart());
      stream = open(shadowStream(second, engine.analyzer(), serdes, meters));
    } else {
      LabelSetFeed labels = open(labels(engine.compiler(), serdes, new LabelMeters(registry)));
      health.addReady("label sets", () -> labels.problem().orElse(Health.OK));
      stream = open(stream(engine.analyzer(), labels, serdes, meters));
    }
    KafkaStreamsMetrics streamsMetrics = open(new KafkaStreamsMetrics(stream.kafkaStreams()));
    streamsMetrics.bindTo(registry);
    startUp.running(stream);
    stream.start();
    LOG.info(
        "Started: model {} on {}, {} on {}",
        engine.model().identity().id(),
        engine.model().provider(),
        config.kafka().applicationId(),
        config.kafka().bootstrapServers());
    if (LOG.isDebugEnabled()) {
      LOG.debug("Configuration:\n{}", new ConfigLoader().write(config));
    }
  }

  private void requireTopics(Topics wanted) {
    List<TopicFinding> findings;
    try (TopicsAdmin topics = TopicsAdmin.connect(config.kafka())) {
      findings = topics.check(wanted);
    }
    String problems =
        findings.stream()
            .filter(finding -> !finding.state().isUsable())
            .map(finding -> finding.topic() + ": " + String.join("; ", finding.problems()))
            .collect(Collectors.joining(System.lineSeparator()));
    if (!problems.isEmpty()) {
      throw new ConfigException(problems);
    }
  }

  private LabelSetFeed labels(LabelSetCompiler compiler, EventSerdes serdes, LabelMeters meters) {
    return LabelSetFeed.start(
        new LabelSetFeed.Settings(
            config.kafka().clientProperties(),
            config.topics().labelConfig(),
            config.topics().labelConfigHistory(),
            config.topics().labelConfigStatus(),
            config.labels().instance(),
            config.labels().loadTimeout(),
            new AlertQuota(config.labels().quotaWindow(), config.labels().quotaMinImages())),
        new LabelSetFeed.Parts(
            compiler,
            serdes.decoder(LabelSetRecord.class),
            serdes.values(LabelSetStatus.class).serializer(),
            clock,
            meters));
  }

  private ModerationStream stream(
      ImageAnalyzer analyzer, LabelSetFeed labels, EventSerdes serdes, StreamMeters meters) {
    ModerationTopology.Settings settings =
        new ModerationTopology.Settings(
            config.topics(), config.kafka(), config.window(), bias(serdes));
    return new ModerationStream(
        ModerationTopology.build(
            parts(analyzer, labels::textAnalysis, labels, serdes, meters), settings));
  }

  private ModerationStream shadowStream(
      Shadow shadow, ImageAnalyzer analyzer, EventSerdes serdes, StreamMeters meters) {
    TopicsConfig topics = shadow.topics(config.topics());
    KafkaConfig kafka = shadow.kafka(config.kafka());
    try (TopicsAdmin admin = TopicsAdmin.connect(kafka)) {
      admin.create(Topics.evidenceOf(topics));
    }
    LOG.info(
        "Shadow: {} percent of {} to {}, as {}; nothing is decided",
        shadow.percent(),
        topics.uploads(),
        topics.evidence(),
        kafka.applicationId());
    DeciderSource nobody =
        surface -> {
          throw new IllegalStateException("a shadow decides nothing");
        };
    // Text is not looked for: two models are compared by what they make of the same pixels.
    return new ModerationStream(
        ModerationTopology.shadow(
            parts(analyzer, surface -> TextAnalysis.OFF, nobody, serdes, meters),
            new ModerationTopology.Settings(topics, kafka, config.window()),
            shadow));
  }

  private ModerationTopology.Parts parts(
      ImageAnalyzer analyzer,
      Function<Optional<String>, TextAnalysis> textAnalysis,
      DeciderSource deciders,
      EventSerdes serdes,
      StreamMeters meters) {
    TopicUploadSource source =
        open(new TopicUploadSource(config.kafka().clientProperties(), SOURCE_PATIENCE));
    return new ModerationTopology.Parts(
        serdes.decoder(ImageUpload.class),
        analyzer,
        textAnalysis,
        source,
        deciders,
        serdes.values(TagEvent.class).serializer(),
        serdes.values(AlertEvent.class).serializer(),
        serdes.values(EvidenceEvent.class).serializer(),
        serdes.values(RejectEvent.class).serializer(),
        clock,
        meters);
  }

  private Optional<BiasReporting> bias(EventSerdes serdes) {
    if (!config.topics().biasReported()) {
      return Optional.empty();
    }
    Optional<CanarySet> canaries = CanarySet.readIfThere(Home.resolve(config.bias().canaries()));
    return Optional.of(
        BiasReporting.of(config.bias(), canaries, serdes.values(BiasReport.class).serializer()));
  }

  private <T extends AutoCloseable> T open(T part) {
    opened.push(part);
    return part;
  }

  private void bindRuntime(PrometheusMeterRegistry registry) {
    new JvmMemoryMetrics().bindTo(registry);
    open(new JvmGcMetrics()).bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
  }

  /** What the health checks know of the start. */
  private static final class StartUp {
    private volatile ModerationStream stream;

    void running(ModerationStream started) {
      stream = started;
    }

    String live() {
      ModerationStream running = stream;
      return running != null && running.stopped().isDone() ? "the stream has stopped" : Health.OK;
    }

    String ready() {
      ModerationStream running = stream;
      if (running == null) {
        return "model and label sets are being loaded";
      }
      return running.isRunning() ? Health.OK : "the stream has no partitions yet";
    }
  }
}
