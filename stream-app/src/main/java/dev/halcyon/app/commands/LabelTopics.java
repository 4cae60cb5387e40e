package dev.halcyon.app.commands;

import dev.halcyon.app.config.AppConfig;
import dev.halcyon.app.labels.FleetStatus;
import dev.halcyon.app.labels.LabelSetStore;
import dev.halcyon.app.labels.TagHistory;
import dev.halcyon.app.topology.TopicsAdmin;
import dev.halcyon.events.LabelSetRecord;
import dev.halcyon.events.LabelSetStatus;
import dev.halcyon.events.TagEvent;
import dev.halcyon.events.wire.EventSerdes;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;

/** The topics of label sets, opened for one command. */
final class LabelTopics implements AutoCloseable {
  /** A day of decisions takes a while to read. */
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  private final AppConfig config;
  private final EventSerdes serdes;

  private LabelTopics(AppConfig config, EventSerdes serdes) {
    this.config = config;
    this.serdes = serdes;
  }

  /**
   * Opens the topics.
   *
   * @throws dev.halcyon.app.config.ConfigException if no broker answers, naming the address
   */
  static LabelTopics open(AppConfig config) {
    TopicsAdmin.connect(config.kafka()).close();
    return new LabelTopics(
        config,
        new EventSerdes(
            config.serdes().serializer(),
            config.serdes().deserializer(),
            config.serdes().clientProperties()));
  }

  LabelSetStore store() {
    return store(config, serdes);
  }

  static LabelSetStore store(AppConfig config, EventSerdes serdes) {
    return new LabelSetStore(
        settings(config),
        serdes.decoder(LabelSetRecord.class),
        serdes.values(LabelSetRecord.class).serializer(),
        Clock.systemUTC());
  }

  static LabelSetStore.Settings settings(AppConfig config) {
    return new LabelSetStore.Settings(
        config.kafka().clientProperties(),
        config.topics().labelConfig(),
        config.topics().labelConfigHistory(),
        config.labels().loadTimeout());
  }

  /** The last word of every instance on every set. */
  List<LabelSetStatus> fleet() {
    return FleetStatus.read(
        config.kafka().clientProperties(),
        config.topics().labelConfigStatus(),
        config.labels().loadTimeout(),
        serdes.decoder(LabelSetStatus.class));
  }

  /** The decisions since a moment, as they were emitted. */
  void decisions(Instant since, Consumer<TagEvent> each) {
    TagHistory.read(
        config.kafka().clientProperties(),
        config.topics().tags(),
        since,
        PATIENCE,
        serdes.decoder(TagEvent.class),
        each);
  }

  @Override
  public void close() {
    serdes.close();
  }
}
