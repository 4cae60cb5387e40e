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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models from the command line, with the starter model served as a repository would. */
class ModelsCommandTest {
  private static final Path STARTER = Home.resolve("starter-model/model");

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
