package dev.halcyon.app.models;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.halcyon.app.models.PulledFile.Trust;
import dev.halcyon.clip.EngineSettings.Weights;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class ModelPullTest {
  private static final Instant NOW = Instant.parse("2026-03-01T10:00:00Z");
  private static final byte[] GRAPH = graph();

  @TempDir private Path folder;
  private final FakeRepository repository = new FakeRepository();
  private final List<Duration> pauses = new ArrayList<>();
  private Optional<Path> cache = Optional.empty();
  private boolean offline;
  private long maxBytes = 1 << 20;

  ModelPullTest() {
    repository.add("config.json", "{}".getBytes(UTF_8));
    repository.add("onnx/vision_model.onnx", GRAPH);
  }

  @AfterEach
  void close() {
    repository.close();
  }

  @Test
  void aModelIsFetchedThroughARedirectAndRecorded() throws Exception {
    ModelPull.Pulled pulled = pull();

    assertThat(pulled.folder()).isEqualTo(models().resolve("tiny"));
    assertThat(pulled.folder().resolve("onnx/vision_model.onnx")).hasBinaryContent(GRAPH);
    assertThat(pulled.files()).extracting(PulledFile::trust).containsOnly(Trust.PUBLISHED);
    var lock = new ObjectMapper().readTree(Files.readAllBytes(pulled.lock()));
    var locked = lock.path("tiny").path("files").path("onnx/vision_model.onnx");
    assertThat(locked.path("sha256").asText()).isEqualTo(FakeRepository.sha256(GRAPH));
    assertThat(locked.path("revision").asText()).isEqualTo("c0ffee");
    var manifest =
        new ObjectMapper().readTree(Files.readAllBytes(pulled.folder().resolve("manifest.json")));
    assertThat(manifest.path("logitScale").floatValue()).isEqualTo(100f);
    assertThat(manifest.path("files").path("config.json").path("bytes").asLong()).isEqualTo(2);
    assertThat(strays()).isEmpty();
    assertThatThrownBy(this::pull)
        .isInstanceOf(PullException.class)
        .hasMessageContaining("already");
  }

  @Test
  void whatBreaksOffIsResumed() throws Exception {
    repository.once("onnx/vision_model.onnx", FakeRepository.breakOffAt(70_000));
    repository.once("onnx/vision_model.onnx", FakeRepository.breakOffAt(150_000));

    assertThat(pull().folder().resolve("onnx/vision_model.onnx")).hasBinaryContent(GRAPH);
    List<String> asked = repository.stored();
    assertThat(asked.get(asked.size() - 1)).matches(".*bytes=(1[0-4]\\d{4}|150000)-");
    assertThat(pauses).hasSize(2);
  }

  @Test
  void whatAnEarlierPullLeftIsResumed() throws Exception {
    for (int i = 0; i < 8; i++) {
      repository.once("onnx/vision_model.onnx", FakeRepository.breakOffAt(90_000));
    }
    assertThatThrownBy(this::pull)
        .isInstanceOf(PullException.class)
        .hasMessageContaining("gave up after 5 tries")
        .hasMessageContaining("pull again to go on from byte");
    assertThat(models().resolve("tiny")).as("only whole models are in place").doesNotExist();
    assertThat(pull().folder().resolve("onnx/vision_model.onnx")).hasBinaryContent(GRAPH);
  }

  @Test
  void aPromiseOfMoreThanThereIsGivesUpAndOfAnotherLengthIsNotBelieved() {
    repository.withoutHashes();
    for (int i = 0; i < 6; i++) {
      repository.once("config.json", FakeRepository.lieAboutLength(500));
    }
    assertThatThrownBy(this::pull)
        .isInstanceOf(PullException.class)
        .hasMessageContaining("config.json");

    CatalogueFile known = file("config.json", OptionalLong.of(2), Optional.empty());
    repository.once("config.json", FakeRepository.lieAboutLength(500));
    assertThatThrownBy(() -> pull(model(List.of(known))))
        .isInstanceOf(PullException.class)
        .hasMessageContaining("the server says 500 bytes")
        .hasMessageContaining("mirror");
  }

  @Test
  void aLengthCutShortIsKnownByTheHash() {
    repository.once("onnx/vision_model.onnx", FakeRepository.lieAboutLength(1000));
    assertThatThrownBy(this::pull)
        .isInstanceOf(PullException.class)
        .hasMessageContaining("the server says 1000 bytes");
  }

  @Test
  void aFileThatIsNotTheOnePinnedIsThrownAway() throws Exception {
    repository.withoutHashes();
    String pinned = FakeRepository.sha256("{}".getBytes(UTF_8));
    CatalogueFile file = file("config.json", OptionalLong.empty(), Optional.of(pinned));
    repository.once("config.json", FakeRepository.send("{\"evil\": 1}"));
    assertThatThrownBy(() -> pull(model(List.of(file))))
        .isInstanceOf(PullException.class)
        .hasMessageContaining("the catalogue says " + pinned)
        .hasMessageContaining("thrown away");
    assertThat(models().resolve("tiny")).doesNotExist();

    ModelPull.Pulled pulled = pull(model(List.of(file)));
    assertThat(pulled.files().get(0).trust()).isEqualTo(Trust.PINNED);
    assertThat(pulled.files().get(1).trust()).isEqualTo(Trust.FIRST_USE);
  }

  @Test
  void aFileThatChangedSinceTheFirstPullIsRefused() throws Exception {
    repository.withoutHashes();
    delete(pull().folder());
    repository.add("config.json", "{\"other\": 1}".getBytes(UTF_8));
    assertThatThrownBy(this::pull)
        .isInstanceOf(PullException.class)
        .hasMessageContaining("the lock file says");

    repository.add("config.json", "{}".getBytes(UTF_8));
    assertThat(pull().files()).extracting(PulledFile::trust).containsOnly(Trust.LOCKED);
  }

  @Test
  void aFileThatIsNotThereIsNotTriedAgain() {
    int before = repository.requestCount();
    assertThatThrownBy(() -> pull(model(List.of(file("gone.json")))))
        .isInstanceOf(PullException.class)
        .hasMessageContaining("gone.json: status 404")
        .hasMessageContaining("revision");
    assertThat(repository.requestCount() - before).isEqualTo(1);
    assertThat(pauses).isEmpty();
  }

  @Test
  void aServerThatAsksToWaitIsWaitedFor() throws Exception {
    repository.once("config.json", FakeRepository.status(429, "Retry-After", "7"));
    repository.once(
        "config.json", FakeRepository.status(503, "Retry-After", "Sun, 1 Mar 2026 10:00:30 GMT"));
    repository.once("config.json", FakeRepository.status(500));
    pull();
    assertThat(pauses)
        .containsExactly(Duration.ofSeconds(7), Duration.ofSeconds(30), Duration.ofSeconds(4));
  }

  @Test
  void aServerThatAsksToWaitTooLongIsNotWaitedFor() {
    repository.once("config.json", FakeRepository.status(429, "Retry-After", "3600"));
    assertThatThrownBy(this::pull)
        .isInstanceOf(PullException.class)
        .hasMessageContaining("come back at 2026-03-01T11:00:00Z");
    assertThat(pauses).isEmpty();
  }

  @Test
  void redirectsInACircleEnd() {
    for (int i = 0; i < 20; i++) {
      repository.once(
          "config.json",
          FakeRepository.status(302, "Location", "/store/maker/model/resolve/main/config.json"));
    }
    assertThatThrownBy(this::pull)
        .isInstanceOf(PullException.class)
        .hasMessageContaining("redirects");
  }

  @Test
  void whatIsTooLargeIsNotFetched() {
    maxBytes = 1000;
    assertThatThrownBy(this::pull)
        .isInstanceOf(PullException.class)
        .hasMessageContaining("larger than 1000 bytes");
  }

  @Test
  void aModelThatDoesNotRunStaysOutOfTheFolder() throws Exception {
    assertThatThrownBy(
            () ->
                pull(
                    model(List.of()),
                    copy -> {
                      throw new PullException("does not run");
                    }))
        .hasMessage("does not run");
    assertThat(models().resolve("tiny")).doesNotExist();
    assertThat(pull().folder()).isDirectory();
  }

  @Test
  void theCacheServesAnOfflineMachine() throws Exception {
    cache = Optional.of(folder.resolve("cache"));
    delete(pull().folder());
    offline = true;
    int before = repository.requestCount();
    assertThat(pull().folder().resolve("onnx/vision_model.onnx")).hasBinaryContent(GRAPH);
    assertThat(repository.requestCount()).isEqualTo(before);

    cache = Optional.of(folder.resolve("empty"));
    delete(models().resolve("tiny"));
    assertThatThrownBy(this::pull)
        .isInstanceOf(PullException.class)
        .hasMessageContaining("--offline")
        .hasMessageContaining(repository.base().toString())
        .hasMessageContaining(folder.resolve("empty").toString());
  }

  @Test
  void aDamagedCacheIsNamed() throws Exception {
    cache = Optional.of(folder.resolve("cache"));
    delete(pull().folder());
    Files.writeString(cache.get().resolve("maker/model/main/config.json"), "{\"x\": 1}");
    assertThatThrownBy(this::pull)
        .isInstanceOf(PullException.class)
        .hasMessageContaining("the cache")
        .hasMessageContaining("config.json");
  }

  @Test
  void logitsAreReadFromTheWeightsWithoutTheRest() throws Exception {
    repository.add("model.safetensors", safetensors());
    CatalogueModel model =
        model(
            List.of(),
            new CatalogueModel.Logits.InWeights("maker/model", "main", "model.safetensors"));
    Path pulled = pull(model).folder();
    var manifest = new ObjectMapper().readTree(Files.readAllBytes(pulled.resolve("manifest.json")));
    assertThat(manifest.path("logitScale").floatValue()).isEqualTo((float) Math.exp(4.75f));
    assertThat(manifest.path("logitBias").floatValue()).isEqualTo(-12.5f);
    assertThat(repository.stored())
        .filteredOn(request -> request.contains("safetensors"))
        .hasSize(4)
        .allMatch(request -> request.contains("bytes="));
  }

  @Test
  void namesThatLeaveTheFolderAreRefused() {
    for (String path :
        List.of("../evil", "/etc/passwd", "a/../../b", "a//b", ".ssh/id", "a\\b", "C:/x", "")) {
      assertThatThrownBy(() -> file(path)).isInstanceOf(IllegalArgumentException.class);
    }
    file("onnx/vision_model.onnx");
  }

  @Test
  void theShippedCatalogueIsSound() {
    Catalogue catalogue = Catalogue.shipped();
    assertThat(catalogue.models()).hasSizeGreaterThanOrEqualTo(8);
    assertThat(catalogue.models()).extracting(CatalogueModel::name).doesNotHaveDuplicates();
    for (CatalogueModel model : catalogue.models()) {
      assertThat(model.accuracyPercent()).as(model.name()).isPresent();
      assertThat(model.accuracySource()).as(model.name()).isNotBlank();
      for (Weights weights : model.precisions()) {
        assertThat(model.filesOf(weights))
            .extracting(CatalogueFile::target)
            .anyMatch(target -> target.contains("vision") || target.contains("visual"))
            .anyMatch(target -> target.contains("text"))
            .anyMatch(target -> target.endsWith("tokenizer.json"))
            .anyMatch(target -> target.contains("preprocess"));
      }
    }
    assertThat(catalogue.find("clip-vit-b-32")).isPresent();
    assertThat(catalogue.find("no-such")).isEmpty();
  }

  private Path models() {
    return folder.resolve("models");
  }

  private List<String> strays() throws IOException {
    try (Stream<Path> all = Files.walk(models())) {
      return all.map(path -> path.getFileName().toString())
          .filter(name -> name.startsWith(".") || name.endsWith(".part") || name.endsWith(".etag"))
          .toList();
    }
  }

  private ModelPull.Pulled pull() throws Exception {
    return pull(model(List.of()));
  }

  private ModelPull.Pulled pull(CatalogueModel model) throws Exception {
    return pull(model, copy -> {});
  }

  private ModelPull.Pulled pull(CatalogueModel model, ModelPull.Trial trial) throws Exception {
    Download download =
        new Download(
            HttpClient.newHttpClient(),
            new Download.Patience(
                5, Duration.ofSeconds(1), Duration.ofMinutes(1), Duration.ofSeconds(20), maxBytes),
            pauses::add,
            Clock.fixed(NOW, ZoneOffset.UTC));
    ModelPull pull =
        new ModelPull(
            new ModelPull.Sources(repository.base(), cache, offline),
            download,
            new ModelPull.Observer() {
              @Override
              public void begins(CatalogueFile file) {}

              @Override
              public void at(CatalogueFile file, long bytes) {}
            });
    return pull.pull(model, Weights.DEFAULT, models(), trial);
  }

  private static CatalogueModel model(List<CatalogueFile> files) {
    return model(files, new CatalogueModel.Logits.Stated(100, 0, "test"));
  }

  private static CatalogueModel model(List<CatalogueFile> files, CatalogueModel.Logits logits) {
    return new CatalogueModel(
        "tiny",
        "Tiny",
        "clip",
        "MIT",
        1,
        32,
        OptionalDouble.empty(),
        "",
        "",
        Map.of(Weights.DEFAULT, List.of(file("onnx/vision_model.onnx"))),
        files.isEmpty() ? List.of(file("config.json")) : files,
        OptionalInt.empty(),
        logits);
  }

  private static CatalogueFile file(String path) {
    return file(path, OptionalLong.empty(), Optional.empty());
  }

  private static CatalogueFile file(String path, OptionalLong bytes, Optional<String> sha256) {
    return new CatalogueFile("maker/model", "main", path, path, bytes, 0, sha256);
  }

  private static void delete(Path tree) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.walk(tree)) {
      files = all.sorted(java.util.Comparator.reverseOrder()).toList();
    }
    for (Path file : files) {
      Files.delete(file);
    }
  }

  private static byte[] safetensors() {
    byte[] header =
        ("{\"logit_bias\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},"
                + "\"logit_scale\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}")
            .getBytes(UTF_8);
    return ByteBuffer.allocate(8 + header.length + 8)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(header.length)
        .put(header)
        .putFloat(-12.5f)
        .putFloat(4.75f)
        .array();
  }

  private static byte[] graph() {
    byte[] graph = new byte[300_000];
    new Random(7).nextBytes(graph);
    return graph;
  }
}
