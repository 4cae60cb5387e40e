package dev.halcyon.app.commands;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.halcyon.app.Application;
import dev.halcyon.app.Home;
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
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
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
    String id = image.getFileName() + "-" + UPLOADS.incrementAndGet();
    producer.publish(id, image, Optional.empty()).join();
    return await(id);
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
