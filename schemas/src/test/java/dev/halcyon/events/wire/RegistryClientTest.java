package dev.halcyon.events.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.halcyon.events.ImageUpload;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.avro.Schema;
import org.apache.kafka.common.errors.SerializationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Against a server that answers what the test tells it to. */
final class RegistryClientTest {
  private static final Schema SCHEMA = PortableSchema.of(ImageUpload.SCHEMA$);

  private final List<String> requests = Collections.synchronizedList(new ArrayList<>());
  private final List<String> authorizations = Collections.synchronizedList(new ArrayList<>());
  private final AtomicLong nanos = new AtomicLong();
  private HttpServer server;
  private Answers answers;
  private String url;

  private record Answer(int status, String body) {}

  private interface Answers {
    Answer to(String request) throws InterruptedException;
  }

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::handle);
    server.start();
    url = "http://127.0.0.1:" + server.getAddress().getPort();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @Test
  void anIdIsAskedForOnce() {
    answers = request -> new Answer(200, "{\"id\":7}");
    RegistryClient client = client(Map.of());

    assertThat(client.register("s", SCHEMA)).isEqualTo(7);
    assertThat(client.register("s", SCHEMA)).isEqualTo(7);
    assertThat(requests).containsExactly("POST /subjects/s/versions");
  }

  @Test
  void aSubjectIsEncodedInThePath() {
    answers = request -> new Answer(200, "{\"id\":7}");
    client(Map.of()).register("a b/c-value", SCHEMA);
    assertThat(requests).containsExactly("POST /subjects/a%20b%2Fc-value/versions");
  }

  @Test
  void anUnknownIdIsRememberedForFiveSeconds() {
    answers = request -> new Answer(404, "{\"error_code\":40403,\"message\":\"not found\"}");
    RegistryClient client = client(Map.of());
    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(() -> client.schema(5))
          .isInstanceOf(SerializationException.class)
          .hasMessageContaining("schema id 5 is unknown")
          .hasMessageContaining(url);
    }
    assertThat(requests).hasSize(1);

    nanos.addAndGet(Duration.ofSeconds(5).toNanos());
    answers = request -> new Answer(200, "{\"schema\":\"\\\"string\\\"\"}");
    assertThat(client.schema(5)).isEqualTo(Schema.create(Schema.Type.STRING));
    assertThat(requests).hasSize(2);
  }

  @Test
  void aSchemaOfAnotherKindIsTheRecordsFault() {
    answers = request -> new Answer(200, "{\"schemaType\":\"PROTOBUF\",\"schema\":\"message\"}");
    assertThatThrownBy(() -> client(Map.of()).schema(5))
        .isInstanceOf(SerializationException.class)
        .hasMessageContaining("of type PROTOBUF, not AVRO");
  }

  @Test
  void referencesAreReadFirst() {
    answers =
        request ->
            switch (request) {
              case "GET /schemas/ids/5" ->
                  new Answer(
                      200,
                      """
                      {"schema":"{\\"type\\":\\"record\\",\\"name\\":\\"R\\",\\"fields\\":[{\\"name\\":\\"e\\",\\"type\\":\\"n.E\\"}]}",
                       "references":[{"name":"n.E","subject":"e","version":2}]}""");
              case "GET /subjects/e/versions/2" ->
                  new Answer(
                      200,
                      """
                      {"schema":"{\\"type\\":\\"enum\\",\\"name\\":\\"E\\",\\"namespace\\":\\"n\\",\\"symbols\\":[\\"A\\"]}"}""");
              default -> new Answer(404, "{}");
            };
    assertThat(client(Map.of()).schema(5).getField("e").schema().getFullName()).isEqualTo("n.E");
  }

  @Test
  void credentialsAreSentAndNeverShown() {
    answers = request -> new Answer(401, "{\"error_code\":401,\"message\":\"Unauthorized\"}");
    String withUser = url.replace("http://", "http://kim:s3cret@");
    for (Map<String, String> config :
        List.of(
            Map.of(
                "basic.auth.credentials.source", "USER_INFO", "basic.auth.user.info", "kim:s3cret"),
            Map.of("schema.registry.basic.auth.user.info", "kim:s3cret"),
            Map.of("bearer.auth.token", "s3cret"),
            Map.of("schema.registry.url", withUser))) {
      RegistryClient client = client(config);
      assertThatThrownBy(() -> client.register("s", SCHEMA))
          .isInstanceOf(RegistryException.class)
          .hasMessageContaining(url)
          .hasMessageContaining("401 Unauthorized")
          .hasMessageContaining("basic.auth.user.info")
          .hasMessageNotContaining("s3cret");
    }
    // "kim:s3cret" in Base64.
    assertThat(authorizations)
        .containsExactly(
            "Basic a2ltOnMzY3JldA==",
            "Basic a2ltOnMzY3JldA==",
            "Bearer s3cret",
            "Basic a2ltOnMzY3JldA==");
    assertThat(settings(Map.of("schema.registry.url", withUser)).toString())
        .doesNotContain("s3cret");
  }

  @Test
  void anIncompatibleSchemaIsExplained() {
    answers = request -> new Answer(409, "{\"error_code\":409,\"message\":\"field x lacks\"}");
    assertThatThrownBy(() -> client(Map.of()).register("s", SCHEMA))
        .isInstanceOf(RegistryException.class)
        .hasMessageContaining("incompatible")
        .hasMessageContaining("field x lacks")
        .hasMessageContaining("compatibility level");
  }

  @Test
  void aSchemaThatMustBeThereAndIsNotNamesTheRemedy() {
    answers = request -> new Answer(404, "{\"error_code\":40401,\"message\":\"no subject\"}");
    assertThatThrownBy(() -> client(Map.of()).find("s", SCHEMA))
        .isInstanceOf(RegistryException.class)
        .hasMessageContaining("auto.register.schemas=true");
    assertThat(requests).containsExactly("POST /subjects/s");
  }

  @Test
  void anOverloadedRegistryIsAskedAgain() {
    answers =
        request ->
            requests.size() < 3
                ? new Answer(503, "<html>busy</html>")
                : new Answer(200, "{\"id\":7}");
    assertThat(client(Map.of()).register("s", SCHEMA)).isEqualTo(7);
    assertThat(requests).hasSize(3);
  }

  @Test
  void theNextUrlStandsInForADeadOne() {
    EmbeddedRegistry dead = EmbeddedRegistry.start();
    String deadUrl = dead.url();
    dead.close();
    answers = request -> new Answer(200, "{\"id\":7}");
    assertThat(
            client(Map.of("schema.registry.url", deadUrl + "," + url + "/")).register("s", SCHEMA))
        .isEqualTo(7);
    assertThat(requests).containsExactly("POST /subjects/s/versions");
  }

  @Test
  void aRegistryThatHangsIsGivenUp() {
    CountDownLatch given = new CountDownLatch(1);
    answers =
        request -> {
          given.await();
          return new Answer(200, "{}");
        };
    RegistryClient client = client(Map.of("http.read.timeout.ms", "100"));
    assertThatThrownBy(() -> client.schema(1))
        .isInstanceOf(RegistryException.class)
        .hasMessageContaining("does not answer")
        .hasMessageContaining(url);
    given.countDown();
  }

  private RegistryClient client(Map<String, String> config) {
    return new RegistryClient(settings(config), nanos::get);
  }

  private RegistrySettings settings(Map<String, String> config) {
    Map<String, Object> all = new HashMap<>(Map.of("schema.registry.url", url));
    all.putAll(config);
    return RegistrySettings.from(all);
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      exchange.getRequestBody().readAllBytes();
      String request = exchange.getRequestMethod() + " " + exchange.getRequestURI().getRawPath();
      requests.add(request);
      String authorization = exchange.getRequestHeaders().getFirst("Authorization");
      if (authorization != null) {
        authorizations.add(authorization);
      }
      Answer answer = answers.to(request);
      byte[] body = answer.body().getBytes(UTF_8);
      exchange.sendResponseHeaders(answer.status(), body.length);
      exchange.getResponseBody().write(body);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
