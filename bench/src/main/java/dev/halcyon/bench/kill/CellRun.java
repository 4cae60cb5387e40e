package dev.halcyon.bench.kill;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.halcyon.app.broker.EmbeddedBroker;
import dev.halcyon.app.config.TopicsConfig;
import dev.halcyon.app.topology.Topics;
import dev.halcyon.app.topology.TopicsAdmin;
import dev.halcyon.events.AlertEvent;
import dev.halcyon.events.EvidenceEvent;
import dev.halcyon.events.ImageUpload;
import dev.halcyon.events.RejectEvent;
import dev.halcyon.events.TagEvent;
import dev.halcyon.events.wire.EmbeddedRegistry;
import dev.halcyon.events.wire.EventSerdes;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * Runs one cell: a cluster in this JVM, two processes under test, all uploads written at the start,
 * then fault after fault while there is work left, and the audit at the end.
 */
final class CellRun implements AutoCloseable {
  private static final int PROCESSES = 2;
  private static final int UPLOADS_PER_KEY = 20;
  private static final Duration POLL = Duration.ofMillis(50);
  private static final Duration STUCK = Duration.ofMinutes(3);

  /** After which no more is to come, where something must be missing. */
  private static final Duration QUIET = Duration.ofSeconds(25);

  private final Cell cell;
  private final Random random;
  private final LongConsumer progress;
  private final EmbeddedBroker broker;
  private final EmbeddedRegistry registry = EmbeddedRegistry.start();
  private final EventSerdes serdes = new EventSerdes(Map.of("schema.registry.url", registry.url()));
  private final SubjectSettings settings;
  private final TopicsConfig topics;
  private final AtomicLong restored = new AtomicLong();
  private final List<SubjectProcess> processes = new ArrayList<>();
  private final Audit audit = new Audit();
  private KafkaConsumer<String, byte[]> committed;
  private int stoppedByThemselves;

  /**
   * What a cell gave.
   *
   * @param restored uploads that were found pending when partitions were taken over
   * @param leastWorkLeft fewest uploads that had no outcome when a fault struck
   * @param stoppedByThemselves how often a process ended without being killed
   */
  record Result(
      Cell cell,
      AuditReport audit,
      long restored,
      int leastWorkLeft,
      int stoppedByThemselves,
      double seconds) {}

  /**
   * Starts the cluster of a cell.
   *
   * @param progress told how many uploads have their outcome
   */
  CellRun(Cell cell, long seed, LongConsumer progress) {
    this.cell = cell;
    this.random = new Random(seed);
    this.progress = progress;
    broker =
        EmbeddedBroker.builder()
            .brokers(cell.brokers())
            // A dead process's transaction is looked for every second, not every ten.
            .setting("transaction.abort.timed.out.transaction.cleanup.interval.ms", "1000")
            .start();
    settings =
        new SubjectSettings(
            broker.bootstrapServers(),
            registry.url(),
            "kill",
            cell.guarantee(),
            cell.protocol(),
            cell.remembering(),
            cell.fault().batchTime(),
            0);
    topics = settings.topics(Math.min(3, cell.brokers()));
  }

  /**
   * Runs the cell.
   *
   * @param logs folder for the logs of the processes
   */
  Result run(Path logs) throws InterruptedException, ExecutionException {
    long start = System.nanoTime();
    createTopics();
    writeUploads();
    openAudit();
    for (int i = 0; i < PROCESSES; i++) {
      processes.add(
          SubjectProcess.start(settings, logs.resolve("process-" + i + ".log"), restored));
    }
    int leastWorkLeft = cell.uploads();
    for (int fault = 1; fault <= cell.times(); fault++) {
      double share = (fault - random.nextDouble()) / (cell.times() + 1);
      readUntil((int) (share * cell.uploads()));
      int left = cell.uploads() - audit.distinct();
      if (left <= 0) {
        throw new IllegalStateException(
            "no work was left when fault " + fault + " was due: take more uploads");
      }
      leastWorkLeft = Math.min(leastWorkLeft, left);
      strike();
      reviveTheDead();
    }
    if (cell.remembering()) {
      readUntil(cell.uploads());
    } else {
      readUntilQuiet();
    }
    for (SubjectProcess process : processes) {
      process.close();
    }
    int unfinished = readToTheEnd();
    AuditReport report = audit.report(cell.uploads(), cell.guarantee(), unfinished);
    return new Result(
        cell,
        report,
        restored.get(),
        leastWorkLeft,
        stoppedByThemselves,
        (System.nanoTime() - start) / 1e9);
  }

  @Override
  public void close() throws InterruptedException {
    for (SubjectProcess process : processes) {
      process.kill();
    }
    if (committed != null) {
      committed.close();
    }
    serdes.close();
    broker.close();
    registry.close();
  }

  private void strike() throws InterruptedException, ExecutionException {
    SubjectProcess victim = processes.get(random.nextInt(PROCESSES));
    switch (cell.fault()) {
      case KILL -> victim.kill();
      case PAUSE -> {
        victim.signal("STOP");
        readFor(SubjectSettings.SESSION.plus(SubjectSettings.TRANSACTION));
        victim.signal("CONT");
      }
      case FENCE -> fenceOne();
      case ENGINE -> {
        victim.kill();
        victim.start(settings.breakingAfter(1 + random.nextInt(2_000)));
      }
      case BROKER -> {
        if (cell.brokers() == 1) {
          broker.restart();
        } else {
          // Node 1 is the controller of the others.
          int node = 2 + random.nextInt(cell.brokers() - 1);
          broker.stop(node);
          readFor(Duration.ofSeconds(3));
          broker.start(node);
        }
      }
    }
  }

  private void fenceOne() throws InterruptedException, ExecutionException {
    try (Admin admin = Admin.create(clientProperties())) {
      List<String> ids =
          admin.listTransactions().all().get().stream()
              .map(TransactionListing::transactionalId)
              .filter(id -> id.startsWith(settings.application()))
              .sorted()
              .toList();
      if (!ids.isEmpty()) {
        admin.fenceProducers(List.of(ids.get(random.nextInt(ids.size())))).all().get();
      }
    }
  }

  /** What a supervisor does. */
  private void reviveTheDead() {
    for (SubjectProcess process : processes) {
      if (!process.isAlive()) {
        if (!process.wasKilled()) {
          stoppedByThemselves++;
        }
        process.start(settings);
      }
    }
  }

  private void createTopics() {
    try (TopicsAdmin admin = TopicsAdmin.connect(settings.kafka())) {
      admin.create(Topics.of(topics, 1 << 20));
    }
  }

  /** Mostly small images inside the uploads, some by URI. */
  private void writeUploads() {
    Map<String, Object> properties = clientProperties();
    properties.put("acks", "all");
    properties.put("linger.ms", 20);
    int keys = Math.max(1, cell.uploads() / UPLOADS_PER_KEY);
    var serializer = serdes.values(ImageUpload.class).serializer();
    AtomicInteger written = new AtomicInteger();
    byte[] image = new byte[200];
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
      for (int i = 0; i < cell.uploads(); i++) {
        String id = "key-" + random.nextInt(keys);
        ImageUpload.Builder upload =
            ImageUpload.newBuilder().setImageId(id).setUploadedAt(Instant.now());
        if (i % 5 == 0) {
          upload.setUri("https://pictures.example/" + i + ".jpg");
        } else {
          random.nextBytes(image);
          upload.setBytes(ByteBuffer.wrap(image.clone()));
        }
        producer.send(
            new ProducerRecord<>(
                topics.uploads(),
                id.getBytes(UTF_8),
                serializer.serialize(topics.uploads(), upload.build())),
            (place, failure) -> {
              if (failure == null) {
                written.incrementAndGet();
              }
            });
      }
      producer.flush();
    }
    if (written.get() != cell.uploads()) {
      throw new IllegalStateException(
          "only " + written + " of " + cell.uploads() + " uploads could be written");
    }
  }

  private void openAudit() {
    Map<String, Object> properties = clientProperties();
    properties.put("isolation.level", "read_committed");
    properties.put("enable.auto.commit", false);
    properties.put("max.poll.records", 5_000);
    committed =
        new KafkaConsumer<>(properties, new StringDeserializer(), new ByteArrayDeserializer());
    committed.assign(outputs());
    committed.seekToBeginning(outputs());
  }

  private List<TopicPartition> outputs() {
    List<TopicPartition> outputs = new ArrayList<>();
    for (String topic :
        List.of(topics.tags(), topics.alerts(), topics.rejects(), topics.evidence())) {
      for (int partition = 0; partition < SubjectSettings.PARTITIONS; partition++) {
        outputs.add(new TopicPartition(topic, partition));
      }
    }
    return outputs;
  }

  private void readUntil(int distinct) {
    Patience patience = new Patience(cell.remembering() ? STUCK : QUIET);
    while (audit.distinct() < distinct) {
      if (readOnce() > 0) {
        patience.renew();
      } else if (patience.isOver()) {
        // The audit will say what is missing.
        return;
      }
      reviveTheDead();
    }
  }

  private void readFor(Duration time) {
    long end = System.nanoTime() + time.toNanos();
    while (System.nanoTime() < end) {
      readOnce();
    }
  }

  private void readUntilQuiet() {
    Patience patience = new Patience(QUIET);
    while (!patience.isOver()) {
      if (readOnce() > 0) {
        patience.renew();
      }
    }
  }

  /**
   * Reads what is left once nobody writes any more.
   *
   * @return partitions with a transaction that is neither committed nor aborted
   */
  private int readToTheEnd() throws InterruptedException, ExecutionException {
    try (Admin admin = Admin.create(clientProperties())) {
      Map<TopicPartition, Long> ends = ends(admin, IsolationLevel.READ_UNCOMMITTED);
      Map<TopicPartition, Long> stable = ends(admin, IsolationLevel.READ_COMMITTED);
      // What a killed process left open is aborted within the transaction timeout.
      Patience patience = new Patience(SubjectSettings.TRANSACTION.plusSeconds(10));
      while (!stable.equals(ends) && !patience.isOver()) {
        readOnce();
        stable = ends(admin, IsolationLevel.READ_COMMITTED);
      }
      Map<TopicPartition, Long> reachable = stable;
      while (!reachable.entrySet().stream()
          .allMatch(end -> committed.position(end.getKey()) >= end.getValue())) {
        readOnce();
      }
      return (int)
          ends.entrySet().stream()
              .filter(end -> reachable.get(end.getKey()) < end.getValue())
              .count();
    }
  }

  private Map<TopicPartition, Long> ends(Admin admin, IsolationLevel isolation)
      throws InterruptedException, ExecutionException {
    Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
    outputs().forEach(partition -> latest.put(partition, OffsetSpec.latest()));
    Map<TopicPartition, Long> ends = new HashMap<>();
    admin
        .listOffsets(latest, new ListOffsetsOptions(isolation))
        .all()
        .get()
        .forEach((partition, end) -> ends.put(partition, end.offset()));
    return ends;
  }

  private int readOnce() {
    Deserializer<TagEvent> tags = serdes.values(TagEvent.class).deserializer();
    Deserializer<AlertEvent> alerts = serdes.values(AlertEvent.class).deserializer();
    Deserializer<EvidenceEvent> evidence = serdes.values(EvidenceEvent.class).deserializer();
    Deserializer<RejectEvent> rejects = serdes.values(RejectEvent.class).deserializer();
    var records = committed.poll(POLL);
    for (ConsumerRecord<String, byte[]> record : records) {
      String topic = record.topic();
      if (topic.equals(topics.tags())) {
        audit.tags(tags.deserialize(topic, record.value()));
      } else if (topic.equals(topics.alerts())) {
        audit.alert(alerts.deserialize(topic, record.value()));
      } else if (topic.equals(topics.evidence())) {
        audit.evidence(evidence.deserialize(topic, record.value()));
      } else {
        audit.reject(rejects.deserialize(topic, record.value()));
      }
    }
    progress.accept(audit.distinct());
    return records.count();
  }

  private Map<String, Object> clientProperties() {
    Map<String, Object> properties = new HashMap<>();
    properties.put("bootstrap.servers", broker.bootstrapServers());
    return properties;
  }
}
