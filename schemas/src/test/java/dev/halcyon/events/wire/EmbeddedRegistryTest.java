package dev.halcyon.events.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The REST interface as another language's client sees it. */
final class EmbeddedRegistryTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String ONE =
      "{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"a\",\"type\":\"string\"}]}";
  private static final String TWO =
      "{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"a\",\"type\":\"string\"},"
          + "{\"name\":\"b\",\"type\":\"int\",\"default\":0}]}";
  private static final String BROKEN =
      "{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"c\",\"type\":\"string\"}]}";

  private final HttpClient http = HttpClient.newHttpClient();
  private EmbeddedRegistry registry;

  private record Reply(int status, JsonNode body) {}

  @BeforeEach
  void start() {
    registry = EmbeddedRegistry.start();
  }

  @AfterEach
  void stop() {
    registry.close();
  }

  @Test
  void aSchemaIsRegisteredOnceAndReadBack() throws Exception {
    assertThat(register("s-value", ONE).body()).hasToString("{\"id\":1}");
    assertThat(register("s-value", ONE).body()).hasToString("{\"id\":1}");
    assertThat(register("s-value", TWO).body()).hasToString("{\"id\":2}");
    assertThat(register("other", ONE).body()).hasToString("{\"id\":1}");

    assertThat(get("/subjects").body()).hasToString("[\"other\",\"s-value\"]");
    assertThat(get("/subjects/s-value/versions").body()).hasToString("[1,2]");
    assertThat(get("/schemas/ids/1").body().path("schema").asText()).isEqualTo(ONE);
    assertThat(get("/schemas/ids/2/versions").body())
        .hasToString("[{\"subject\":\"s-value\",\"version\":2}]");
    JsonNode latest = get("/subjects/s-value/versions/latest").body();
    assertThat(latest.path("version").asInt()).isEqualTo(2);
    assertThat(latest.path("id").asInt()).isEqualTo(2);
    assertThat(get("/subjects/s-value/versions/1/schema").body()).isEqualTo(JSON.readTree(ONE));
    assertThat(call("POST", "/subjects/s-value", schema(ONE)).body().path("version").asInt())
        .isEqualTo(1);
    assertThat(get("/mode").body().path("mode").asText()).isEqualTo("READWRITE");
    assertThat(get("/schemas/types").body()).hasToString("[\"AVRO\"]");
  }

  @Test
  void anIncompatibleSchemaIsRefusedUntilTheLevelAllowsIt() throws Exception {
    register("s", ONE);
    Reply refused = register("s", BROKEN);
    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.body().path("message").asText())
        .contains("READER_FIELD_MISSING_DEFAULT_VALUE");
    assertThat(isCompatible(BROKEN)).isFalse();
    assertThat(isCompatible(TWO)).isTrue();

    assertThat(get("/config").body().path("compatibilityLevel").asText()).isEqualTo("BACKWARD");
    assertThat(get("/config/s").status()).isEqualTo(404);
    assertThat(call("PUT", "/config/s", "{\"compatibility\":\"none\"}").status()).isEqualTo(200);
    assertThat(get("/config/s").body().path("compatibilityLevel").asText()).isEqualTo("NONE");
    assertThat(register("s", BROKEN).status()).isEqualTo(200);
    assertCode(call("PUT", "/config", "{\"compatibility\":\"SOMETIMES\"}"), 422, 42203);
  }

  @Test
  void aSchemaMayReferToAnother() throws Exception {
    register("e", "{\"type\":\"enum\",\"name\":\"E\",\"namespace\":\"n\",\"symbols\":[\"A\"]}");
    ObjectNode request =
        (ObjectNode)
            JSON.readTree(
                schema(
                    "{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"e\",\"type\":\"n.E\"}]}"));
    request
        .putArray("references")
        .addObject()
        .put("name", "n.E")
        .put("subject", "e")
        .put("version", 1);
    int id = call("POST", "/subjects/r/versions", request.toString()).body().path("id").asInt();

    RegistryClient client =
        new RegistryClient(
            RegistrySettings.from(java.util.Map.of("schema.registry.url", registry.url())));
    assertThat(client.schema(id).getField("e").schema().getFullName()).isEqualTo("n.E");
  }

  @Test
  void faultsHaveTheCodesThatClientsKnow() throws Exception {
    assertCode(get("/subjects/none/versions"), 404, 40401);
    assertCode(get("/schemas/ids/9"), 404, 40403);
    assertCode(get("/schemas/ids/x"), 404, 40403);
    register("s", ONE);
    assertCode(get("/subjects/s/versions/9"), 404, 40402);
    assertCode(get("/subjects/s/versions/0"), 422, 42202);
    assertCode(call("POST", "/subjects/s", schema(TWO)), 404, 40403);
    assertCode(register("s", "{\"type\":\"nothing\"}"), 422, 42201);
    assertCode(call("POST", "/subjects/s/versions", "{}"), 422, 42201);
    assertCode(call("POST", "/subjects/s/versions", "not json"), 400, 400);
    assertCode(get("/elsewhere"), 404, 404);
  }

  private static void assertCode(Reply reply, int status, int code) {
    assertThat(reply.status()).isEqualTo(status);
    assertThat(reply.body().path("error_code").asInt()).isEqualTo(code);
    assertThat(reply.body().path("message").asText()).isNotBlank();
  }

  private boolean isCompatible(String schema) throws Exception {
    return call("POST", "/compatibility/subjects/s/versions/latest", schema(schema))
        .body()
        .path("is_compatible")
        .asBoolean();
  }

  private Reply register(String subject, String schema) throws Exception {
    return call("POST", "/subjects/" + subject + "/versions", schema(schema));
  }

  private static String schema(String text) {
    return JSON.createObjectNode().put("schema", text).toString();
  }

  private Reply get(String path) throws Exception {
    return call("GET", path, "");
  }

  private Reply call(String method, String path, String body) throws Exception {
    HttpResponse<String> response =
        http.send(
            HttpRequest.newBuilder(URI.create(registry.url() + path))
                .method(
                    method,
                    body.isEmpty()
                        ? HttpRequest.BodyPublishers.noBody()
                        : HttpRequest.BodyPublishers.ofString(body))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    return new Reply(response.statusCode(), JSON.readTree(response.body()));
  }
}
