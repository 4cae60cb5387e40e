package dev.halcyon.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models from the command line, with the starter model served as a repository would. */
class ModelsCommandTest {
  private static final Path STARTER = Home.resolve("starter-model/model");

  private static final Pattern SCALE = Pattern.compile("\"logitScale\": [0-9.]+");

  @TempDir private Path folder;
  private StringWriter said = new StringWriter();
  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/halcyon/starter/resolve/main/",
        exchange -> {
          try (exchange) {
            String name = Path.of(exchange.getRequestURI().getPath()).getFileName().toString();
            Path file = STARTER.resolve(name);
            exchange.sendResponseHeaders(200, Files.size(file));
            try (OutputStream out = exchange.getResponseBody()) {
              Files.copy(file, out);
            }
          }
        });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @Test
  void aModelIsPulledCheckedDescribedAndReady() throws IOException {
    Path catalogue =
        Files.writeString(
            folder.resolve("catalogue.yaml"),
            """
            layouts:
              flat:
                files: [preprocessor_config.json, tokenizer.json]
                weights: {default: [vision_model.onnx, text_model.onnx]}
            models:
              - {name: starter, title: Starter, architecture: clip, licence: Apache-2.0,
                 parametersMillions: 10, inputPixels: 224, repository: halcyon/starter,
                 revision: main, layout: flat, contextLength: 128, logits: {scale: 30, from: its card}}
            """,
            UTF_8);
    Path models = folder.resolve("models");
    String mirror = "http://localhost:" + server.getAddress().getPort();

    assertThat(run("models", "list", "--catalogue", catalogue.toString())).isZero();
    assertThat(said.toString()).contains("starter").contains("10M");
    assertThat(
            run(
                "models",
                "pull",
                "starter",
                "--catalogue",
                catalogue.toString(),
                "--mirror",
                mirror,
                "--into",
                models.toString()))
        .as(said.toString())
        .isZero();
    assertThat(said.toString())
        .contains("4 of 4 files are not pinned by anybody")
        .contains("engine.modelDirectory: " + models.resolve("starter"));

    assertThat(run("models", "check", models.resolve("starter").toString())).isZero();
    assertThat(said.toString()).contains("logit scale").contains("30.0").contains("sound");

    Path page = folder.resolve("card.html");
    assertThat(
            run("models", "card", models.resolve("starter").toString(), "--html", page.toString()))
        .isZero();
    assertThat(page).content().contains("halcyon labels calibrate").contains("tileAspect");
  }

  @Test
  void twoModelsAreComparedOnPictures() throws IOException {
    Path other = Files.createDirectory(folder.resolve("other"));
    try (Stream<Path> files = Files.list(STARTER)) {
      for (Path file : files.toList()) {
        Files.copy(file, other.resolve(file.getFileName()));
      }
    }
    Path manifest = other.resolve("manifest.json");
    String text = Files.readString(manifest);
    assertThat(text).containsPattern(SCALE);
    // Half the scale draws every score towards the middle.
    Files.writeString(manifest, SCALE.matcher(text).replaceFirst("\"logitScale\": 8.0"));
    Path pictures = Files.createDirectory(folder.resolve("pictures"));
    for (String name : List.of("cat.jpg", "dog.jpg", "flower.jpg", "giraffe.jpg")) {
      Files.copy(Home.resolve("samples").resolve(name), pictures.resolve(name));
    }
    Path page = folder.resolve("page.html");

    assertThat(
            run(
                "models",
                "compare",
                STARTER.toString(),
                other.toString(),
                "--images",
                pictures.toString(),
                "--html",
                page.toString()))
        .as(said.toString())
        .isZero();
    assertThat(said.toString())
        .contains("4 pictures")
        .contains("images/s from file to evidence")
        .containsPattern("(?m)^cat ");
    assertThat(page).content().contains("By label").doesNotContain("}}").contains("threshold");

    assertThat(run("models", "compare", STARTER.toString(), other.toString())).isEqualTo(2);
    assertThat(said.toString()).contains("--images").contains("--stream");
  }

  @Test
  void whatCannotBePulledIsNamed() {
    assertThat(run("models", "pull", "no-such")).isEqualTo(2);
    assertThat(said.toString()).contains("no-such: no such model").contains("clip-vit-b-32");
    assertThat(run("models", "pull", "clip-vit-l-14-336", "--weights", "int8")).isEqualTo(2);
    assertThat(said.toString()).contains("is not published in int8").contains("default");
    assertThat(
            run(
                "models",
                "pull",
                "clip-vit-b-32",
                "--offline",
                "--into",
                folder.toString(),
                "--cache",
                folder.resolve("cache").toString()))
        .isEqualTo(1);
    assertThat(said.toString()).contains("--offline").contains("config.json");
    assertThat(run("models", "check", folder.toString())).isEqualTo(2);
    assertThat(said.toString()).contains("vision_model.onnx: no such file").contains("visual");
  }

  private int run(String... arguments) {
    said = new StringWriter();
    PrintWriter out = new PrintWriter(said, true);
    return Halcyon.run(out, out, arguments);
  }
}
