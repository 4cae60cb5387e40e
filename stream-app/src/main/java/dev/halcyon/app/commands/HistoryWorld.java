package dev.halcyon.app.commands;

import dev.halcyon.app.Home;
import dev.halcyon.app.config.AppConfig;
import dev.halcyon.app.config.Durations;
import dev.halcyon.app.decision.LabelSetVersion;
import dev.halcyon.app.history.EvidenceHistory;
import dev.halcyon.app.history.Reading;
import dev.halcyon.app.history.Thumbnails;
import dev.halcyon.app.labels.LabelSetCompiler;
import dev.halcyon.app.labels.LabelSetRefusedException;
import dev.halcyon.app.labels.LabelSetSnapshot;
import dev.halcyon.app.labels.LabelSetStore;
import dev.halcyon.app.labels.StoredVersion;
import dev.halcyon.app.topology.TopicUploadSource;
import dev.halcyon.app.topology.TopicsAdmin;
import dev.halcyon.clip.ClipModel;
import dev.halcyon.clip.ModelIdentity;
import dev.halcyon.events.EvidenceEvent;
import dev.halcyon.events.ImageUpload;
import dev.halcyon.events.LabelSetRecord;
import dev.halcyon.events.wire.EventSerdes;
import dev.halcyon.labels.LabelSet;
import dev.halcyon.labels.LabelSetWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What commands that decide history again work with: the model, the topics, the label sets. */
final class HistoryWorld implements AutoCloseable {
  /** Later than any upload. */
  static final Instant NO_END = Instant.ofEpochMilli(Long.MAX_VALUE);

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final AppConfig config;
  private final EventSerdes serdes;
  private final ClipModel model;
  private final LabelSetStore store;
  private final LabelSetSnapshot inForce;

  /**
   * A label set a command line names.
   *
   * @param set the set
   * @param version its version; of a file that was not published, the next
   * @param published whether that version can be looked up
   */
  record Named(LabelSet set, LabelSetVersion version, boolean published) {
    String words() {
      return published
          ? version.name() + " version " + version.version()
          : version.name() + " as in the file";
    }
  }

  private HistoryWorld(
      AppConfig config,
      EventSerdes serdes,
      ClipModel model,
      LabelSetStore store,
      LabelSetSnapshot inForce) {
    this.config = config;
    this.serdes = serdes;
    this.model = model;
    this.store = store;
    this.inForce = inForce;
  }

  /**
   * Opens the model and reads what is in force.
   *
   * @throws BadInputException if no evidence is kept
   */
  static HistoryWorld open(AppConfig config) {
    if (!config.topics().evidenceKept()) {
      throw new BadInputException(
          "topics.evidenceKept is false: no evidence is kept, so there is no history to decide"
              + " again; set it to true, and history begins with the next upload");
    }
    TopicsAdmin.connect(config.kafka()).close();
    EventSerdes serdes =
        new EventSerdes(
            config.serdes().serializer(),
            config.serdes().deserializer(),
            config.serdes().clientProperties());
    ClipModel model = null;
    try {
      model =
          ClipModel.open(
              Home.resolve(config.engine().modelDirectory()), config.engine().settings());
      LabelSetSnapshot inForce =
          LabelSetSnapshot.read(
              LabelTopics.settings(config),
              serdes.decoder(LabelSetRecord.class),
              new LabelSetCompiler(model.textEncoder(), model.identity()),
              LocalDate.now(ZoneOffset.UTC));
      return new HistoryWorld(config, serdes, model, LabelTopics.store(config, serdes), inForce);
    } catch (RuntimeException e) {
      if (model != null) {
        model.close();
      }
      serdes.close();
      throw e;
    }
  }

  AppConfig config() {
    return config;
  }

  EventSerdes serdes() {
    return serdes;
  }

  ModelIdentity model() {
    return model.identity();
  }

  /** The label sets in force. */
  LabelSetSnapshot inForce() {
    return inForce;
  }

  /** The label sets in force, with one of them changed. */
  LabelSetSnapshot with(Named named) {
    try {
      return inForce.with(named.set(), named.version());
    } catch (LabelSetRefusedException e) {
      throw LabelSetFile.refused(named.words(), e.problems());
    }
  }

  /**
   * The set a command line names: FILE, NAME or NAME@VERSION.
   *
   * @throws BadInputException if it is none of these
   */
  Named named(String text) {
    if (Files.isRegularFile(Path.of(text))) {
      return inFile(LabelSetFile.read(Path.of(text)));
    }
    if (text.endsWith(".yaml") || text.endsWith(".yml") || text.endsWith(".json")) {
      throw new BadInputException(text + ": no such file");
    }
    int at = text.lastIndexOf('@');
    Optional<Integer> version = Optional.empty();
    if (at >= 0) {
      try {
        version = Optional.of(Integer.parseInt(text.substring(at + 1)));
      } catch (NumberFormatException e) {
        throw new BadInputException(text + ": neither a file nor NAME@VERSION");
      }
    }
    return published(StoredLabelSets.get(store, at < 0 ? text : text.substring(0, at), version));
  }

  private static Named published(StoredVersion stored) {
    return new Named(
        StoredLabelSets.labelSet(stored),
        new LabelSetVersion(stored.name(), stored.version(), stored.contentHash()),
        true);
  }

  /** A file that holds a published version word for word is that version. */
  private Named inFile(LabelSet set) {
    String hash = LabelSetWriter.hashOf(LabelSetWriter.canonicalJson(set));
    List<StoredVersion> history = store.history(set.name());
    Optional<StoredVersion> same =
        history.stream().filter(stored -> stored.contentHash().equals(hash)).findFirst();
    int next = history.stream().mapToInt(StoredVersion::version).max().orElse(0) + 1;
    return same.map(HistoryWorld::published)
        .orElseGet(() -> new Named(set, new LabelSetVersion(set.name(), next, hash), false));
  }

  /** The evidence of a time. */
  EvidenceHistory history(Instant since, Instant until, Optional<String> surface) {
    return EvidenceHistory.open(
        new EvidenceHistory.Settings(
            config.kafka().clientProperties(),
            config.topics().evidence(),
            since,
            until,
            surface,
            PATIENCE),
        serdes.decoder(EvidenceEvent.class),
        model.identity());
  }

  /** How long Kafka may yield nothing. */
  Duration patience() {
    return PATIENCE;
  }

  /** Pictures of past images. */
  Thumbnails thumbnails() {
    return new Thumbnails(
        new TopicUploadSource(config.kafka().clientProperties(), PATIENCE),
        serdes.decoder(ImageUpload.class),
        config.fetch().settings(config.images().maxBytes()),
        config.images().settings(config.fetch()).decode());
  }

  /** What of a history was left out, with remedies; empty where nothing was. */
  List<String> remarks(Reading reading) {
    List<String> remarks = new ArrayList<>();
    reading
        .ofOtherModels()
        .forEach(
            (other, count) ->
                remarks.add(
                    count
                        + " pieces of evidence are of another model, "
                        + other
                        + ", and were left out; running is "
                        + model.identity().id()
                        + ". Upload those images again, or name their model in"
                        + " engine.modelDirectory"));
    reading
        .firstUnreadable()
        .ifPresent(
            first ->
                remarks.add(
                    reading.unreadable()
                        + " records are no evidence and were left out; the first: "
                        + first));
    inForce
        .refusals()
        .forEach(
            (name, problems) ->
                remarks.add(
                    "the newest record of label set "
                        + name
                        + " is refused: "
                        + String.join("; ", problems)));
    return remarks;
  }

  /**
   * A moment as a command line gives it: a duration back from now, or a time.
   *
   * @throws BadInputException if it is neither
   */
  static Instant moment(String option, String text, Instant now) {
    try {
      return now.minus(Durations.parse(text));
    } catch (IllegalArgumentException | ArithmeticException e) {
      try {
        return Instant.parse(text);
      } catch (java.time.format.DateTimeParseException none) {
        throw new BadInputException(
            option
                + " "
                + text
                + ": neither a duration such as 24h or 7d nor a time such as"
                + " 2026-05-01T00:00:00Z");
      }
    }
  }

  @Override
  public void close() {
    model.close();
    serdes.close();
  }
}
