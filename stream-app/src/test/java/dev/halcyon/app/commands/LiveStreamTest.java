package dev.halcyon.app.commands;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.halcyon.app.Application;
import dev.halcyon.app.Home;
import dev.halcyon.events.AlertEvent;
import dev.halcyon.events.EvidenceEvent;
import dev.halcyon.events.wire.Decoded;
import dev.halcyon.events.wire.EventDecoder;
import dev.halcyon.labels.LabelSet;
import dev.halcyon.labels.LabelSetReader;
import dev.halcyon.labels.ReadResult;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole program as it runs in production: a real broker, registry, model and pictures. */
class LiveStreamTest {
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final String PETS =
      """
      name: %s
      title: Pets
      owner: tests
      groups:
        - id: everyday
          mode: independent
          background: [a photo, a picture of something else, a street, food, a person]
      labels:
        - id: %s
          group: everyday
          prompts: [a cat, a kitten]
          threshold: 0.5
          severity: 2
          action: %s
      """;

  /** Fires on what is near to an iPod or a pizza, written or not. */
  private static final String NOTES =
      """
      name: %s
      title: What notes say
      owner: tests
      surfaces: [%s]
      groups:
        - id: things
          mode: independent
          background: [a photo of something else]
      labels:
        - id: ipod
          group: things
          prompts: [a photo of an iPod]
          threshold: 0.8
          severity: 2
          action: review
          typographic: {mode: %s}
        - id: pizza
          group: things
          prompts: [a photo of a pizza]
          threshold: 0.8
          severity: 2
          action: review
          typographic: {mode: %s}
      """;

  private static final AtomicInteger UPLOADS = new AtomicInteger();

  private static DemoWorld world;
  private static Application application;
  private static OutcomeConsumer outcomes;
  private static UploadProducer producer;

  @TempDir private Path folder;

  @BeforeAll
  static void start() throws IOException {
    world = DemoWorld.open(Home.resolve("starter-model/model"));
    world.publish(Path.of("pets.yaml"), labelSet(PETS.formatted("pets", "cat", "tag")));
    application = Application.start(world.config());
    outcomes = new OutcomeConsumer(world.config(), world.serdes(), id -> id, Clock.systemUTC());
    producer = new UploadProducer(world.config(), world.serdes());
  }

  @AfterAll
  static void stop() {
    producer.close();
    outcomes.close();
    application.close();
    world.close();
  }

  @Test
  void anEditDecidesTheNextImagesWithoutARestart() {
    ImageOutcome before = outcomeOf(sample("cat.jpg"));
    assertThat(before.tags()).extracting(ImageOutcome.TagLine::label).doesNotContain("feline");
    int version = before.labelSetVersion();

    world.publish(Path.of("pets.yaml"), labelSet(PETS.formatted("pets", "feline", "review")));

    Awaitility.await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              ImageOutcome after = outcomeOf(sample("cat.jpg"));
              assertThat(after.outcome()).isEqualTo(ImageOutcome.ALERTED);
              assertThat(after.labelSetVersion()).isEqualTo(version + 1);
              assertThat(after.alerts())
                  .extracting(ImageOutcome.AlertLine::label)
                  .containsExactly("feline");
            });
  }

  @Test
  void aWordOnANoteIsFlaggedAndReviewedWithItsEvidence() {
    world.publish(
        Path.of("notes.yaml"), labelSet(NOTES.formatted("notes", "notes", "always", "always")));
    world.publish(Path.of("blind.yaml"), labelSet(NOTES.formatted("blind", "blind", "off", "off")));
    Awaitility.await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              ImageOutcome outcome = outcomeOf(sample("apple/plain.jpg"), Optional.of("blind"));
              assertThat(outcome.labelSet()).isEqualTo("blind");
            });
    Path note = sample("apple/pizza-note.jpg");

    ImageOutcome flagged = outcomeOf(note, Optional.of("notes"));
    assertThat(flagged.labelSet()).isEqualTo("notes");
    assertThat(flagged.flags()).contains("INFLATED");
    assertThat(flagged.alerts())
        .anySatisfy(
            alert -> {
              assertThat(alert.label()).isEqualTo("pizza");
              assertThat(alert.action()).isEqualTo("review");
            });
    AlertEvent alert =
        events(AlertEvent.class, world.config().topics().alerts(), flagged.imageId()).stream()
            .filter(event -> event.getLabel().equals("pizza"))
            .findFirst()
            .orElseThrow();
    assertThat(alert.getFlags()).contains("INFLATED");
    assertThat(alert.getExplanation().getReadText()).containsIgnoringCase("pizza");
    assertThat(alert.getExplanation().getScoreWithoutText()).isLessThan(0.8);
    assertThat(alert.getScore()).isGreaterThanOrEqualTo(0.8);
    EvidenceEvent evidence =
        events(EvidenceEvent.class, world.config().topics().evidence(), flagged.imageId()).get(0);
    assertThat(evidence.getTextBoxes()).isNotEmpty();
    assertThat(evidence.getMaskedEmbedding()).isNotNull();
    assertThat(evidence.getTextOnlyEmbedding()).isNotNull();
    assertThat(evidence.getControlEmbedding()).isNotNull();
    assertThat(evidence.getMirrorEmbedding()).isNull();

    ImageOutcome blank = outcomeOf(sample("apple/blank-note.jpg"), Optional.of("notes"));
    assertThat(blank.flags()).as("a note without a word").doesNotContain("INFLATED");
    ImageOutcome other = outcomeOf(sample("apple/ipod-note.jpg"), Optional.of("notes"));
    assertThat(other.alerts())
        .as("another word says nothing of pizza")
        .noneMatch(line -> line.label().equals("pizza"));

    ImageOutcome unchecked = outcomeOf(note, Optional.of("blind"));
    assertThat(unchecked.flags()).as("where nobody looks for text").isEmpty();
    assertThat(unchecked.alerts())
        .as("the word fires the label all the same")
        .anySatisfy(
            line -> {
              assertThat(line.label()).isEqualTo("pizza");
              assertThat(line.action()).isEqualTo("review");
            });
    EvidenceEvent unseen =
        events(EvidenceEvent.class, world.config().topics().evidence(), unchecked.imageId()).get(0);
    assertThat(unseen.getTextBoxes()).isEmpty();
    assertThat(unseen.getMaskedEmbedding()).isNull();
  }

  @Test
  void aBrokenPictureIsRejectedAndTheNextOneIsDecided() throws IOException {
    Path empty = Files.createFile(folder.resolve("empty.jpg"));
    Path text = Files.writeString(folder.resolve("text.jpg"), "not a picture");

    assertThat(outcomeOf(empty).reject().reason()).isEqualTo("EMPTY");
    assertThat(outcomeOf(text).reject().reason()).isEqualTo("UNSUPPORTED_FORMAT");
    assertThat(outcomeOf(sample("truncated.jpg")).reject().reason()).isEqualTo("UNREADABLE");
    assertThat(outcomeOf(sample("dog.jpg")).outcome()).isNotEqualTo(ImageOutcome.REJECTED);
  }

  @Test
  void aRecordThatIsNoUploadIsRejectedAndTheNextOneIsDecided() throws Exception {
    String id = "garbage-" + UPLOADS.incrementAndGet();
    try (KafkaProducer<String, byte[]> raw =
        new KafkaProducer<>(
            world.config().kafka().clientProperties(),
            new StringSerializer(),
            new ByteArraySerializer())) {
      raw.send(new ProducerRecord<>(world.config().topics().uploads(), id, "junk".getBytes(UTF_8)))
          .get(30, TimeUnit.SECONDS);
    }
    assertThat(await(id).outcome()).isEqualTo(ImageOutcome.REJECTED);
    assertThat(outcomeOf(sample("dog.jpg")).outcome()).isNotEqualTo(ImageOutcome.REJECTED);
  }

  @Test
  void theAdminPortTellsHealthAndMetrics() throws Exception {
    outcomeOf(sample("dog.jpg"));
    Awaitility.await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(get("/health/ready").getKey()).isEqualTo(200));
    assertThat(get("/health/live").getKey()).isEqualTo(200);
    assertThat(get("/nothing").getKey()).isEqualTo(404);
    assertThat(get("/metrics").getValue())
        .contains("halcyon_uploads_images_total{outcome=\"tagged\"}")
        .contains("halcyon_label_set_version{label_set=\"pets\"}")
        .contains("halcyon_batch_images_count")
        .contains("kafka_stream_");
  }

  private static Map.Entry<Integer, String> get(String path) throws Exception {
    var response =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(
                        URI.create("http://localhost:" + application.adminPort().get() + path))
                    .build(),
                BodyHandlers.ofString());
    return Map.entry(response.statusCode(), response.body());
  }

  private static ImageOutcome outcomeOf(Path image) {
    return outcomeOf(image, Optional.empty());
  }

  private static ImageOutcome outcomeOf(Path image, Optional<String> surface) {
    String id = image.getFileName() + "-" + UPLOADS.incrementAndGet();
    producer.publish(id, image, surface).join();
    return await(id);
  }

  /** The committed events of a topic that are about one image, which are there already. */
  private static <T extends SpecificRecord> List<T> events(
      Class<T> type, String topic, String imageId) {
    Map<String, Object> properties = world.config().kafka().clientProperties();
    properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    EventDecoder<T> decoder = world.serdes().decoder(type);
    List<T> events = new ArrayList<>();
    try (KafkaConsumer<String, byte[]> consumer =
        new KafkaConsumer<>(properties, new StringDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic).stream()
              .map(info -> new TopicPartition(topic, info.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (partitions.stream().anyMatch(at -> consumer.position(at) < ends.get(at))) {
        for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(200))) {
          if (imageId.equals(record.key())) {
            events.add(((Decoded.Value<T>) decoder.decode(topic, record.value())).value());
          }
        }
      }
    }
    return events;
  }

  private static ImageOutcome await(String id) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < deadline) {
      for (ImageOutcome outcome : outcomes.poll(Duration.ofMillis(100))) {
        if (outcome.imageId().equals(id)) {
          return outcome;
        }
      }
    }
    throw new AssertionError("no outcome for " + id + " within " + PATIENCE);
  }

  private static LabelSet labelSet(String yaml) {
    ReadResult result = LabelSetReader.read(yaml);
    assertThat(result).isInstanceOf(ReadResult.Read.class);
    return ((ReadResult.Read) result).labelSet();
  }

  private static Path sample(String name) {
    return Home.resolve("samples").resolve(name);
  }
}
