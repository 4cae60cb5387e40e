package dev.halcyon.app.history;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.halcyon.app.Application;
import dev.halcyon.app.Home;
import dev.halcyon.app.broker.KafkaClients;
import dev.halcyon.app.broker.SharedBroker;
import dev.halcyon.app.commands.LabelsCommand;
import dev.halcyon.app.commands.RedecideCommand;
import dev.halcyon.app.config.AppConfig;
import dev.halcyon.app.config.ConfigLoader;
import dev.halcyon.app.decision.Decision;
import dev.halcyon.app.decision.LabelDecision;
import dev.halcyon.app.labels.LabelSetCompiler;
import dev.halcyon.app.labels.LabelSetSnapshot;
import dev.halcyon.app.labels.LabelSetStore;
import dev.halcyon.app.topology.Topics;
import dev.halcyon.app.topology.TopicsAdmin;
import dev.halcyon.clip.ClipModel;
import dev.halcyon.events.AlertAction;
import dev.halcyon.events.AlertEvent;
import dev.halcyon.events.EvidenceEvent;
import dev.halcyon.events.ImageUpload;
import dev.halcyon.events.LabelSetRecord;
import dev.halcyon.events.Tag;
import dev.halcyon.events.TagEvent;
import dev.halcyon.events.wire.Decoded;
import dev.halcyon.events.wire.EmbeddedRegistry;
import dev.halcyon.events.wire.EventSerdes;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The operator's way through the past, on what the whole program really made of real pictures. */
class TimeMachineTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final List<String> PICTURES =
      List.of("cat.jpg", "dog.jpg", "coffee.png", "flower.jpg", "mountains.jpg", "horses.jpg");
  private static final String PACK =
      """
      name: pets
      title: Pets
      owner: tests
      groups:
        - id: everyday
          mode: independent
          background: [a photo, a picture of something else, a person, a child]
      labels:
        - {id: animal, group: everyday, prompts: [an animal, a pet], threshold: %s, severity: 2, action: review}
        - {id: landscape, group: everyday, prompts: [a landscape], threshold: 0.3}
      """;

  /** So low that the animal fires on nearly everything, which tells its score on each picture. */
  private static final double LOW = 0.0001;

  @TempDir private static Path folder;
  private static EmbeddedRegistry registry;
  private static Path configFile;
  private static AppConfig config;
  private static EventSerdes serdes;
  private static Application application;
  private static TreeMap<String, Double> animalScores;

  private final StringWriter out = new StringWriter();

  @BeforeAll
  static void start() throws IOException {
    registry = EmbeddedRegistry.start();
    String prefix = KafkaClients.unique("past");
    configFile = folder.resolve("halcyon.yaml");
    Files.writeString(configFile, yaml(prefix, true));
    config = new ConfigLoader().load(configFile, Map.of());
    try (TopicsAdmin admin = TopicsAdmin.connect(config.kafka())) {
      admin.create(Topics.of(config.topics(), config.images().maxBytes()));
    }
    serdes =
        new EventSerdes(
            config.serdes().serializer(),
            config.serdes().deserializer(),
            config.serdes().clientProperties());
    CommandLine labels = new CommandLine(new LabelsCommand());
    assertThat(
            labels.execute(
                "apply",
                pack("v1.yaml", LOW).toString(),
                "--reason",
                "first",
                "--config",
                configFile.toString()))
        .isZero();
    application = Application.start(config);
    upload("cat.jpg");
    PICTURES.forEach(TimeMachineTest::upload);
    Awaitility.await()
        .atMost(PATIENCE)
        .until(
            () ->
                records(config.topics().evidence(), EvidenceEvent.class).size()
                    == PICTURES.size() + 1);
    animalScores = new TreeMap<>();
    for (TagEvent event : records(config.topics().tags(), TagEvent.class)) {
      for (Tag tag : event.getTags()) {
        if (tag.getLabel().equals("animal")) {
          animalScores.put(event.getImageId(), tag.getScore());
        }
      }
    }
    assertThat(animalScores.size()).isGreaterThan(2);
  }

  @AfterAll
  static void stop() {
    application.close();
    serdes.close();
    registry.close();
  }

  @Test
  void theSameSetDecidesThePastAsItWasDecidedToTheLastBit() {
    Map<String, TagEvent> live = new HashMap<>();
    for (TagEvent event : records(config.topics().tags(), TagEvent.class)) {
      if (!event.getCorrective()) {
        live.put(event.getImageId(), event);
      }
    }
    Map<String, Decision> past = new ConcurrentHashMap<>();
    try (ClipModel model =
        ClipModel.open(
            Home.resolve(config.engine().modelDirectory()), config.engine().settings())) {
      LabelSetSnapshot sets =
          LabelSetSnapshot.read(
              new LabelSetStore.Settings(
                  config.kafka().clientProperties(),
                  config.topics().labelConfig(),
                  config.topics().labelConfigHistory(),
                  PATIENCE),
              serdes.decoder(LabelSetRecord.class),
              new LabelSetCompiler(model.textEncoder(), model.identity()),
              LocalDate.now(ZoneOffset.UTC));
      EvidenceHistory history =
          EvidenceHistory.open(
              settings(Optional.empty()), serdes.decoder(EvidenceEvent.class), model.identity());
      Reading reading =
          history.read(
              partition ->
                  images -> {
                    List<Decision> decisions =
                        Preview.decideAll(sets.forSurface(Optional.empty()), images);
                    for (int i = 0; i < images.size(); i++) {
                      past.put(images.get(i).event().getImageId(), decisions.get(i));
                    }
                  },
              done -> {});

      assertThat(reading.images()).isEqualTo(PICTURES.size());
      assertThat(reading.repeatedEvidence()).isEqualTo(1);
      assertThat(
              EvidenceHistory.open(
                      settings(Optional.of("elsewhere")),
                      serdes.decoder(EvidenceEvent.class),
                      model.identity())
                  .read(partition -> images -> {}, done -> {})
                  .ofOtherSurfaces())
          .isEqualTo(PICTURES.size());
    }
    assertThat(past.keySet()).isEqualTo(live.keySet());
    past.forEach(
        (imageId, decision) -> {
          if (decision.labelSet().version() == 1) {
            assertThat(scores(decision)).isEqualTo(scores(live.get(imageId)));
          }
        });
  }

  @Test
  void aPreviewOfTheSameSetChangesNothingAndAChangedThresholdMovesExactlyItsImages()
      throws IOException {
    assertThat(preview("pets@1", "--against", "pets@1")).isZero();
    JsonNode same = line("summary").get(0);
    assertThat(same.get("images").asInt()).isEqualTo(PICTURES.size());
    assertThat(same.get("unchanged").asInt()).isEqualTo(PICTURES.size());
    assertThat(line("image")).isEmpty();

    Path page = folder.resolve("preview.html");
    Path file = pack("stricter.yaml", middle());
    assertThat(preview(file.toString(), "--against", "pets@1", "--html", page.toString())).isZero();

    Set<String> expected = below(middle());
    Set<String> released = new TreeSet<>();
    for (JsonNode image : line("image")) {
      assertThat(image.get("change").asText()).isEqualTo("newlyReleased");
      assertThat(image.get("scoreBefore")).isEqualTo(image.get("scoreAfter"));
      assertThat(image.get("scoreBefore").asDouble())
          .isEqualTo(animalScores.get(image.get("imageId").asText()));
      released.add(image.get("imageId").asText());
    }
    assertThat(released).isEqualTo(expected);
    JsonNode summary = line("summary").get(0);
    assertThat(summary.get("newlyReleased").asInt()).isEqualTo(expected.size());
    assertThat(summary.get("unchanged").asInt()).isEqualTo(PICTURES.size() - expected.size());
    assertThat(line("label").get(0).get("lost").asInt()).isEqualTo(expected.size());
    String html = Files.readString(page);
    assertThat(html.split("data:image/jpeg", -1)).hasSize(expected.size() + 1);
    assertThat(html).doesNotContain("No picture:");
  }

  @Test
  void historyIsPutRightOnceAndBackAgain() throws IOException {
    assertThat(redecide("pets@1")).isZero();
    assertThat(line("summary").get(0).get("right").asInt()).isEqualTo(PICTURES.size());
    assertThat(line("summary").get(0).get("changed").asInt()).isZero();

    Path file = pack("v2.yaml", middle());
    assertThat(
            execute(
                new LabelsCommand(),
                "apply",
                file.toString(),
                "--based-on",
                "1",
                "--reason",
                "fewer"))
        .isZero();
    Set<String> expected = below(middle());
    assertThat(redecide("pets")).isZero();
    assertThat(imagesOf(line("image"))).isEqualTo(expected);
    assertThat(corrective()).isEmpty();

    assertThat(redecide("pets", "--emit", "--yes", "--reason", "too many")).isZero();

    assertThat(line("summary").get(0).get("releases").asInt()).isEqualTo(expected.size());
    assertThat(corrective().keySet()).isEqualTo(expected);
    for (TagEvent event : corrective().values()) {
      assertThat(event.getCorrectionOf().getVersion()).isEqualTo(1);
      assertThat(event.getLabelSet().getVersion()).isEqualTo(2);
      assertThat(event.getCorrectionReason()).isEqualTo("too many");
      assertThat(event.getAlertCount()).isEqualTo(1);
      assertThat(event.getTags()).noneMatch(tag -> tag.getLabel().equals("animal"));
    }
    List<AlertEvent> releases =
        records(config.topics().alerts(), AlertEvent.class).stream()
            .filter(AlertEvent::getCorrective)
            .toList();
    assertThat(releases).hasSize(expected.size());
    for (AlertEvent release : releases) {
      assertThat(release.getAction()).isEqualTo(AlertAction.RELEASE);
      assertThat(release.getScore()).isEqualTo(animalScores.get(release.getImageId()));
      assertThat(release.getThreshold()).isEqualTo(middle());
    }

    assertThat(redecide("pets", "--emit", "--yes", "--reason", "again")).isZero();
    assertThat(line("summary").get(0).get("tagEvents").asInt()).isZero();
    assertThat(line("summary").get(0).get("right").asInt()).isEqualTo(PICTURES.size());

    assertThat(redecide("pets@1", "--emit", "--yes", "--reason", "back")).isZero();
    assertThat(line("summary").get(0).get("alertEvents").asInt()).isEqualTo(expected.size());
    assertThat(redecide("pets@1")).isZero();
    assertThat(line("summary").get(0).get("changed").asInt()).isZero();
  }

  @Test
  void evidenceOfAnotherModelIsCountedAndNeverDecided() throws IOException {
    EvidenceEvent copy = records(config.topics().evidence(), EvidenceEvent.class).get(0);
    EvidenceEvent foreign =
        EvidenceEvent.newBuilder(copy).setImageId("foreign-" + System.nanoTime()).build();
    foreign.getModel().setHash("f".repeat(64));
    produce(config.topics().evidence(), foreign.getImageId(), foreign, EvidenceEvent.class);

    assertThat(preview("pets@1", "--against", "pets@1")).isZero();

    JsonNode summary = line("summary").get(0);
    assertThat(summary.get("images").asInt()).isEqualTo(PICTURES.size());
    assertThat(summary.get("otherModels").toString()).contains("ffffffffffff…").contains("1");
    assertThat(summary.get("remarks").toString())
        .contains("were left out")
        .contains("Upload those images again");
  }

  @Test
  void whatCannotBeDoneIsSaidWithTheRemedy() throws IOException {
    Path without = Files.writeString(folder.resolve("off.yaml"), yaml("off", false));
    String[] past = {"--label-set", "x", "--since", "1h"};
    assertThat(run(new RedecideCommand(), without, past)).isEqualTo(2);
    assertThat(out.toString()).contains("topics.evidenceKept is false");
    assertThat(redecide("x", "--emit")).isEqualTo(2);
    assertThat(out.toString()).contains("--reason TEXT");
    assertThat(redecide("x", "--until", "soon")).isEqualTo(2);
    assertThat(out.toString()).contains("--until soon: neither a duration");
    assertThat(redecide("no-such-set")).isEqualTo(2);
    assertThat(out.toString()).contains("no-such-set: no such label set");
    String unpublished = pack("unpublished.yaml", 0.123).toString();
    assertThat(redecide(unpublished, "--emit", "--yes", "--reason", "x")).isEqualTo(2);
    assertThat(out.toString()).contains("was never published");
  }

  private static String yaml(String prefix, boolean evidence) {
    StringBuilder topics = new StringBuilder();
    for (String topic :
        List.of(
            "labelConfig",
            "labelConfigHistory",
            "labelConfigStatus",
            "uploads",
            "tags",
            "alerts",
            "rejects",
            "evidence")) {
      topics.append("  ").append(topic).append(": ").append(prefix).append('-').append(topic);
      topics.append('\n');
    }
    return """
        kafka:
          bootstrapServers: "%s"
          applicationId: %s
          properties: {replication.factor: "1"}
        topics:
        %s  evidenceKept: %s
          partitions: 2
          replicationFactor: 1
        serdes: {properties: {schema.registry.url: "%s"}}
        admin: {enabled: false}
        """
        .formatted(SharedBroker.bootstrapServers(), prefix, topics, evidence, registry.url());
  }

  private static Path pack(String file, double threshold) throws IOException {
    return Files.writeString(folder.resolve(file), PACK.formatted(threshold));
  }

  /** Between two of the scores, so that some pictures are on either side. */
  private static double middle() {
    List<Double> sorted = new ArrayList<>(animalScores.values());
    Collections.sort(sorted);
    int half = sorted.size() / 2;
    return (sorted.get(half - 1) + sorted.get(half)) / 2;
  }

  private static Set<String> below(double threshold) {
    Set<String> below = new TreeSet<>();
    animalScores.forEach(
        (imageId, score) -> {
          if (score < threshold) {
            below.add(imageId);
          }
        });
    return below;
  }

  private static Set<String> imagesOf(List<JsonNode> lines) {
    Set<String> images = new TreeSet<>();
    lines.forEach(image -> images.add(image.get("imageId").asText()));
    return images;
  }

  private static Map<String, TagEvent> corrective() {
    Map<String, TagEvent> corrective = new TreeMap<>();
    for (TagEvent event : records(config.topics().tags(), TagEvent.class)) {
      if (event.getCorrective()) {
        corrective.put(event.getImageId(), event);
      }
    }
    return corrective;
  }

  private static Map<String, List<Double>> scores(Decision decision) {
    Map<String, List<Double>> scores = new TreeMap<>();
    for (LabelDecision label : decision.labels()) {
      if (label.standing() == LabelDecision.Standing.FIRED) {
        scores.put(label.label(), List.of(label.score(), label.similarity(), label.threshold()));
      }
    }
    return scores;
  }

  private static Map<String, List<Double>> scores(TagEvent event) {
    Map<String, List<Double>> scores = new TreeMap<>();
    for (Tag tag : event.getTags()) {
      scores.put(tag.getLabel(), List.of(tag.getScore(), tag.getSimilarity(), tag.getThreshold()));
    }
    return scores;
  }

  private static EvidenceHistory.Settings settings(Optional<String> surface) {
    return new EvidenceHistory.Settings(
        config.kafka().clientProperties(),
        config.topics().evidence(),
        Instant.now().minus(Duration.ofHours(1)),
        Instant.ofEpochMilli(Long.MAX_VALUE),
        surface,
        PATIENCE);
  }

  private int preview(String... arguments) {
    List<String> line = new ArrayList<>(List.of("preview"));
    line.addAll(Arrays.asList(arguments));
    line.addAll(List.of("--since", "1h", "--json"));
    return execute(new LabelsCommand(), line.toArray(String[]::new));
  }

  private int redecide(String labelSet, String... arguments) {
    List<String> line =
        new ArrayList<>(List.of("--label-set", labelSet, "--since", "1h", "--json"));
    line.addAll(Arrays.asList(arguments));
    return execute(new RedecideCommand(), line.toArray(String[]::new));
  }

  private int execute(Object command, String... arguments) {
    return run(command, configFile, arguments);
  }

  private int run(Object command, Path file, String... arguments) {
    out.getBuffer().setLength(0);
    List<String> line = new ArrayList<>(Arrays.asList(arguments));
    line.addAll(List.of("--config", file.toString()));
    CommandLine commandLine = new CommandLine(command);
    commandLine.setOut(new PrintWriter(out, true));
    commandLine.setExecutionExceptionHandler(
        (exception, failed, parsed) -> {
          out.append(exception.getMessage());
          return 2;
        });
    return commandLine.execute(line.toArray(String[]::new));
  }

  /** The lines of JSON of one type that the last command printed. */
  private List<JsonNode> line(String type) throws IOException {
    List<JsonNode> lines = new ArrayList<>();
    for (String text : out.toString().split("\n")) {
      if (!text.isBlank() && JSON.readTree(text).get("type").asText().equals(type)) {
        lines.add(JSON.readTree(text));
      }
    }
    return lines;
  }

  private static void upload(String picture) {
    try {
      produce(
          config.topics().uploads(),
          picture,
          ImageUpload.newBuilder()
              .setImageId(picture)
              .setBytes(
                  ByteBuffer.wrap(Files.readAllBytes(Home.resolve("samples").resolve(picture))))
              .setUploadedAt(Instant.now())
              .build(),
          ImageUpload.class);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static <T extends SpecificRecord> void produce(
      String topic, String key, T event, Class<T> type) {
    Serializer<T> values = serdes.values(type).serializer();
    Map<String, Object> properties = config.kafka().clientProperties();
    properties.put("max.request.size", 8 << 20);
    try (KafkaProducer<String, T> producer =
        new KafkaProducer<>(properties, new StringSerializer(), values)) {
      producer.send(new ProducerRecord<>(topic, key, event));
    }
  }

  private static <T extends SpecificRecord> List<T> records(String topic, Class<T> type) {
    Map<String, Object> properties = config.kafka().clientProperties();
    properties.put("isolation.level", "read_committed");
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
      while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
        for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(100))) {
          if (serdes.decoder(type).decode(topic, record.value())
              instanceof Decoded.Value<T> event) {
            events.add(event.value());
          }
        }
      }
    }
    return events;
  }
}
