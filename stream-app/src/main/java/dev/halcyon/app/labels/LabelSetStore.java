package dev.halcyon.app.labels;

import dev.halcyon.events.LabelSetRecord;
import dev.halcyon.events.wire.Decoded;
import dev.halcyon.events.wire.EventDecoder;
import dev.halcyon.events.wire.RegistryException;
import dev.halcyon.labels.LabelSet;
import dev.halcyon.labels.LabelSetWriter;
import dev.halcyon.labels.LabelStatus;
import dev.halcyon.labels.ReadResult;
import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidPidMappingException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * The label sets as published: what label-config holds, every version in label-config-history, and
 * writing another. Each call opens clients of its own and closes them; safe for use by any thread.
 *
 * <p>Two operators cannot both win. Whoever publishes a set first takes its transactional id, which
 * fences whoever held it before; only then reads what is there, and writes in one transaction to
 * both topics if it still is the version the change was made from. A publisher that was fenced in
 * between looks again, and finds the other's version as a conflict.
 */
public final class LabelSetStore {
  private static final String TRANSACTIONAL_ID_PREFIX = "halcyon-labels-";
  private static final int ATTEMPTS = 8;

  /** An abandoned transaction holds up the readers of every set for as long. */
  private static final Duration TRANSACTION_TIMEOUT = Duration.ofSeconds(5);

  private static final Duration PAUSE = Duration.ofMillis(50);

  private final Settings settings;
  private final EventDecoder<LabelSetRecord> decoder;
  private final Serializer<LabelSetRecord> serializer;
  private final Clock clock;

  /**
   * How the store reaches its topics.
   *
   * @param client how to reach Kafka, as for a plain client
   * @param labelConfig the compacted topic of label sets
   * @param history the topic of every version
   * @param patience how long a call may wait for the broker
   */
  public record Settings(
      Map<String, Object> client, String labelConfig, String history, Duration patience) {
    public Settings {
      client = Map.copyOf(client);
    }
  }

  /**
   * What the topic of label sets holds.
   *
   * @param sets the current version of each set, by name
   * @param problems records that are no label sets, by key
   */
  public record Contents(Map<String, StoredVersion> sets, Map<String, String> problems) {
    public Contents {
      sets = java.util.Collections.unmodifiableMap(new TreeMap<>(sets));
      problems = java.util.Collections.unmodifiableMap(new TreeMap<>(problems));
    }
  }

  /**
   * A change somebody wants to make.
   *
   * @param set the set as it is to be
   * @param basedOnVersion the version it was made from; empty where there was none
   * @param author who makes it
   * @param reason why
   * @param waiver who lets a set calibrated for another model come into force, why and until when
   * @param gateWaiver who lets the change pass the publish gate
   */
  public record Change(
      LabelSet set,
      Optional<Integer> basedOnVersion,
      String author,
      String reason,
      Optional<String> waiver,
      Optional<GateWaiver> gateWaiver) {
    public Change {
      if (author.isBlank() || reason.isBlank()) {
        throw new IllegalArgumentException("a change needs an author and a reason");
      }
    }

    /** A change that the publish gate has nothing against. */
    public Change(
        LabelSet set,
        Optional<Integer> basedOnVersion,
        String author,
        String reason,
        Optional<String> waiver) {
      this(set, basedOnVersion, author, reason, waiver, Optional.empty());
    }
  }

  /**
   * A store.
   *
   * @param decoder reads records
   * @param serializer writes records
   * @param clock tells when a version is published
   */
  public LabelSetStore(
      Settings settings,
      EventDecoder<LabelSetRecord> decoder,
      Serializer<LabelSetRecord> serializer,
      Clock clock) {
    this.settings = settings;
    this.decoder = decoder;
    this.serializer = serializer;
    this.clock = clock;
  }

  /**
   * The current label sets.
   *
   * @throws LabelTopicException if the topic cannot be read
   */
  public Contents contents() {
    Map<String, StoredVersion> sets = new HashMap<>();
    Map<String, String> problems = new HashMap<>();
    for (ConsumerRecord<String, byte[]> record :
        TopicReader.readAll(
            settings.client(), settings.labelConfig(), Deadline.in(settings.patience()))) {
      if (record.key() == null) {
        continue;
      }
      sets.remove(record.key());
      problems.remove(record.key());
      if (record.value() != null) {
        Decoded<LabelSetRecord> decoded = decoder.decode(record.topic(), record.value());
        if (decoded instanceof Decoded.Value<LabelSetRecord> value) {
          sets.put(record.key(), StoredVersion.of(value.value()));
        } else if (decoded instanceof Decoded.Undecodable<LabelSetRecord> broken) {
          problems.put(record.key(), broken.reason());
        }
      }
    }
    return new Contents(sets, problems);
  }

  /**
   * The current version of a set.
   *
   * @throws LabelTopicException if the topic cannot be read
   */
  public Optional<StoredVersion> get(String name) {
    return Optional.ofNullable(contents().sets().get(name));
  }

  /**
   * One version of a set, current or past.
   *
   * @throws LabelTopicException if the topics cannot be read
   */
  public Optional<StoredVersion> get(String name, int version) {
    return history(name).stream().filter(stored -> stored.version() == version).findFirst();
  }

  /**
   * Every version of a set, newest first; of versions that were written twice, the one in force.
   *
   * @throws LabelTopicException if the topics cannot be read
   */
  public List<StoredVersion> history(String name) {
    Map<Integer, StoredVersion> versions = new TreeMap<>(Comparator.reverseOrder());
    for (ConsumerRecord<String, byte[]> record :
        TopicReader.readAll(
            settings.client(), settings.history(), Deadline.in(settings.patience()))) {
      if (name.equals(record.key())
          && record.value() != null
          && decoder.decode(record.topic(), record.value())
              instanceof Decoded.Value<LabelSetRecord> value) {
        versions.put(value.value().getVersion(), StoredVersion.of(value.value()));
      }
    }
    // A version that was written to label-config by other means is history all the same.
    get(name).ifPresent(current -> versions.put(current.version(), current));
    return new ArrayList<>(versions.values());
  }

  /**
   * Publishes a set as its next version, if it still is what the change was made from.
   *
   * @throws LabelTopicException if the topics cannot be read or written; nothing was written,
   *     unless the message says that this is not known
   */
  public PublishResult publish(Change change) {
    return attempt(
        change.set().name(),
        () -> {
          String document = LabelSetWriter.canonicalJson(change.set());
          String hash = LabelSetWriter.hashOf(document);
          Optional<StoredVersion> current = get(change.set().name());
          if (!current.map(StoredVersion::version).equals(change.basedOnVersion())) {
            return new Plan.Settled(new PublishResult.Conflict(current));
          }
          if (current.isPresent() && current.get().contentHash().equals(hash)) {
            return new Plan.Settled(new PublishResult.Unchanged(current.get()));
          }
          return new Plan.Write(next(change, document, hash), false);
        });
  }

  /**
   * Takes a set out of force: a tombstone in label-config, a retired version in the history.
   *
   * @param basedOnVersion the version that is to be retired
   * @throws LabelTopicException as for {@link #publish}
   */
  public PublishResult retire(String name, int basedOnVersion, String author, String reason) {
    return attempt(
        name,
        () -> {
          Optional<StoredVersion> current = get(name);
          if (current.isEmpty() || current.get().version() != basedOnVersion) {
            return new Plan.Settled(new PublishResult.Conflict(current));
          }
          String document = current.get().document();
          if (current.get().read() instanceof ReadResult.Read read) {
            document = LabelSetWriter.canonicalJson(read.labelSet().with(LabelStatus.RETIRED));
          }
          return new Plan.Write(
              new StoredVersion(
                  name,
                  nextVersion(name),
                  LabelSetWriter.hashOf(document),
                  document,
                  author,
                  reason,
                  Optional.of(basedOnVersion),
                  clock.instant().truncatedTo(ChronoUnit.MILLIS),
                  Optional.empty(),
                  Optional.empty()),
              true);
        });
  }

  private StoredVersion next(Change change, String document, String hash) {
    return new StoredVersion(
        change.set().name(),
        nextVersion(change.set().name()),
        hash,
        document,
        change.author(),
        change.reason(),
        change.basedOnVersion(),
        clock.instant().truncatedTo(ChronoUnit.MILLIS),
        change.waiver(),
        change.gateWaiver());
  }

  private int nextVersion(String name) {
    return history(name).stream().mapToInt(StoredVersion::version).max().orElse(0) + 1;
  }

  /** What is to be done, decided while the set's transactional id is held. */
  private sealed interface Plan {
    record Settled(PublishResult result) implements Plan {}

    record Write(StoredVersion version, boolean tombstone) implements Plan {}
  }

  private interface Planner {
    Plan plan();
  }

  private PublishResult attempt(String name, Planner planner) {
    KafkaException fenced = null;
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      try (KafkaProducer<String, byte[]> producer = producer(name)) {
        producer.initTransactions();
        Plan plan = planner.plan();
        if (plan instanceof Plan.Settled settled) {
          return settled.result();
        }
        Plan.Write write = (Plan.Write) plan;
        write(producer, write);
        return new PublishResult.Published(write.version());
      } catch (RegistryException e) {
        throw e;
      } catch (KafkaException e) {
        if (!isFenced(e)) {
          throw cannotWrite(name, e);
        }
        fenced = e;
        pause(attempt);
      }
    }
    throw new LabelTopicException(
        "label set "
            + name
            + " is being published by others without end: fenced "
            + ATTEMPTS
            + " times; try again",
        fenced);
  }

  private void write(KafkaProducer<String, byte[]> producer, Plan.Write write) {
    String name = write.version().name();
    LabelSetRecord record = write.version().toRecord();
    byte[] current =
        write.tombstone() ? null : serializer.serialize(settings.labelConfig(), record);
    byte[] kept = serializer.serialize(settings.history(), record);
    producer.beginTransaction();
    producer.send(new ProducerRecord<>(settings.labelConfig(), name, current));
    producer.send(new ProducerRecord<>(settings.history(), name, kept));
    producer.commitTransaction();
  }

  /** Whether somebody else has taken the set's transactional id: nothing of ours was written. */
  private static boolean isFenced(KafkaException e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof ProducerFencedException
          || cause instanceof InvalidProducerEpochException
          || cause instanceof InvalidPidMappingException) {
        return true;
      }
    }
    return false;
  }

  private LabelTopicException cannotWrite(String name, KafkaException cause) {
    boolean refused =
        cause instanceof AuthorizationException || cause instanceof AuthenticationException;
    return new LabelTopicException(
        "label set "
            + name
            + " could not be written to "
            + settings.labelConfig()
            + " and "
            + settings.history()
            + " at "
            + settings.client().get("bootstrap.servers")
            + ": "
            + cause.getMessage()
            + (refused
                ? "; the client needs write access to both topics and to transactional ids that"
                    + " begin with "
                    + TRANSACTIONAL_ID_PREFIX
                : "; whether it was written is not known, look with: halcyon labels history "
                    + name),
        cause);
  }

  private static void pause(int attempt) {
    long most = PAUSE.toNanos() << Math.min(attempt, 5);
    LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(PAUSE.toNanos(), most + 2));
  }

  private KafkaProducer<String, byte[]> producer(String name) {
    Map<String, Object> properties = new HashMap<>(settings.client());
    properties.put("acks", "all");
    properties.put("enable.idempotence", true);
    properties.put("transactional.id", TRANSACTIONAL_ID_PREFIX + name);
    properties.put("transaction.timeout.ms", (int) TRANSACTION_TIMEOUT.toMillis());
    properties.put("max.block.ms", settings.patience().toMillis());
    properties.put("delivery.timeout.ms", (int) settings.patience().toMillis());
    properties.put("request.timeout.ms", (int) settings.patience().toMillis() / 2);
    properties.put("linger.ms", 0);
    try {
      return new KafkaProducer<>(properties, new StringSerializer(), new ByteArraySerializer());
    } catch (KafkaException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new LabelTopicException(
          "no producer for "
              + settings.client().get("bootstrap.servers")
              + ": "
              + cause.getMessage(),
          e);
    }
  }
}
