package dev.halcyon.events.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.halcyon.events.wire.RegistryStore.Document;
import dev.halcyon.events.wire.RegistryStore.Reference;
import dev.halcyon.events.wire.RegistryStore.RefusedException;
import dev.halcyon.events.wire.RegistryStore.Version;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A schema registry inside this JVM, for the demo and for tests: it speaks enough of Confluent's
 * REST interface for the usual clients to register, read and check Avro schemas. It listens on the
 * loopback address, keeps everything in memory, and forgets it on {@link #close}.
 */
public final class EmbeddedRegistry implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedRegistry.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String CONTENT_TYPE = "application/vnd.schemaregistry.v1+json";
  private static final int MOST_REQUEST_BYTES = 4 << 20;

  private final RegistryStore store = new RegistryStore();
  private final HttpServer server;
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread made = new Thread(task, "embedded-registry");
            made.setDaemon(true);
            return made;
          });

  private EmbeddedRegistry(HttpServer server) {
    this.server = server;
  }

  /** Starts a registry on a free port. */
  public static EmbeddedRegistry start() {
    return start(0);
  }

  /**
   * Starts a registry.
   *
   * @param port where it listens, 0 for a free one
   */
  public static EmbeddedRegistry start(int port) {
    InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    try {
      EmbeddedRegistry registry = new EmbeddedRegistry(HttpServer.create(address, 0));
      registry.server.createContext("/", registry::handle);
      // One thread owns the store.
      registry.server.setExecutor(registry.thread);
      registry.server.start();
      return registry;
    } catch (IOException e) {
      throw new UncheckedIOException("the schema registry cannot listen on " + address, e);
    }
  }

  /** The value for {@code schema.registry.url}. */
  public String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  @Override
  public void close() {
    server.stop(0);
    thread.shutdown();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      int status = 200;
      JsonNode answer;
      try {
        answer = answer(exchange);
      } catch (RefusedException e) {
        status = e.code() < 1000 ? e.code() : e.code() / 100;
        answer = JSON.createObjectNode().put("error_code", e.code()).put("message", e.getMessage());
      } catch (RuntimeException e) {
        LOG.error("The embedded registry failed on {}", exchange.getRequestURI(), e);
        status = 500;
        answer = JSON.createObjectNode().put("error_code", 50001).put("message", e.toString());
      }
      byte[] bytes = JSON.writeValueAsBytes(answer);
      exchange.getResponseHeaders().set("Content-Type", CONTENT_TYPE);
      exchange.sendResponseHeaders(status, bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  private JsonNode answer(HttpExchange exchange) throws RefusedException, IOException {
    String[] path =
        Arrays.stream(exchange.getRequestURI().getRawPath().split("/", -1))
            .filter(part -> !part.isEmpty())
            .map(part -> URLDecoder.decode(part, UTF_8))
            .toArray(String[]::new);
    String method = exchange.getRequestMethod();
    JsonNode body = method.equals("GET") ? JSON.nullNode() : body(exchange);
    // An asterisk stands for a name that the caller chooses.
    String route = method + " " + String.join("/", pattern(path));
    return switch (route) {
      case "GET " -> JSON.createObjectNode();
      case "GET mode" -> JSON.createObjectNode().put("mode", "READWRITE");
      case "GET schemas/types" -> strings(List.of("AVRO"));
      case "GET schemas/ids/*" -> schema(path[2]);
      case "GET schemas/ids/*/versions" -> uses(path[2]);
      case "GET subjects" -> strings(store.subjects());
      case "POST subjects/*" -> described(store.find(path[1], document(body)));
      case "GET subjects/*/versions" -> numbers(store.versions(path[1]));
      case "POST subjects/*/versions" ->
          JSON.createObjectNode().put("id", store.register(path[1], document(body)));
      case "GET subjects/*/versions/*" -> described(store.version(path[1], path[3]));
      case "GET subjects/*/versions/*/schema" ->
          json(store.version(path[1], path[3]).document().text());
      case "POST compatibility/subjects/*/versions" ->
          compatibility(path[2], body, store.versions(path[2]), exchange);
      case "POST compatibility/subjects/*/versions/*" ->
          compatibility(path[2], body, List.of(store.version(path[2], path[4])), exchange);
      case "GET config" -> level(store.level());
      case "PUT config" -> {
        Compatibility chosen = compatibility(body);
        store.level(chosen);
        yield JSON.createObjectNode().put("compatibility", chosen.name());
      }
      case "GET config/*" ->
          level(
              store
                  .level(path[1])
                  .orElseThrow(
                      () ->
                          new RefusedException(
                              40408,
                              "Subject '"
                                  + path[1]
                                  + "' does not have subject-level compatibility configured")));
      case "PUT config/*" -> {
        Compatibility chosen = compatibility(body);
        store.level(path[1], chosen);
        yield JSON.createObjectNode().put("compatibility", chosen.name());
      }
      default -> throw new RefusedException(404, "HTTP 404 Not Found");
    };
  }

  private static List<String> pattern(String[] path) {
    List<String> pattern = new ArrayList<>(List.of(path));
    int[] chosen =
        switch (path.length == 0 ? "" : path[0]) {
          case "subjects" -> new int[] {1, 3};
          case "schemas" -> path.length > 1 && path[1].equals("ids") ? new int[] {2} : new int[] {};
          case "compatibility" -> new int[] {2, 4};
          case "config" -> new int[] {1};
          default -> new int[] {};
        };
    for (int i : chosen) {
      if (i < pattern.size()) {
        pattern.set(i, "*");
      }
    }
    return pattern;
  }

  private JsonNode schema(String id) throws RefusedException {
    return withReferences(JSON.createObjectNode(), store.document(id(id)));
  }

  private JsonNode uses(String id) throws RefusedException {
    ArrayNode uses = JSON.createArrayNode();
    for (Version version : store.uses(id(id))) {
      uses.addObject().put("subject", version.subject()).put("version", version.version());
    }
    return uses;
  }

  private JsonNode compatibility(
      String subject, JsonNode body, List<Version> earlier, HttpExchange exchange)
      throws RefusedException {
    List<String> problems = store.problems(subject, document(body), earlier);
    ObjectNode answer = JSON.createObjectNode().put("is_compatible", problems.isEmpty());
    if ("verbose=true".equals(exchange.getRequestURI().getQuery())) {
      answer.set("messages", strings(problems));
    }
    return answer;
  }

  private static Compatibility compatibility(JsonNode body) throws RefusedException {
    return Compatibility.named(body.path("compatibility").asText())
        .orElseThrow(
            () ->
                new RefusedException(
                    42203,
                    "Invalid compatibility level. Valid values are "
                        + Arrays.toString(Compatibility.values())));
  }

  private static JsonNode level(Compatibility level) {
    return JSON.createObjectNode().put("compatibilityLevel", level.name());
  }

  private static JsonNode described(Version version) {
    ObjectNode node =
        JSON.createObjectNode()
            .put("subject", version.subject())
            .put("id", version.id())
            .put("version", version.version());
    return withReferences(node, version.document());
  }

  private static ObjectNode withReferences(ObjectNode node, Document document) {
    if (!document.references().isEmpty()) {
      ArrayNode references = node.putArray("references");
      for (Reference reference : document.references()) {
        references
            .addObject()
            .put("name", reference.name())
            .put("subject", reference.subject())
            .put("version", reference.version());
      }
    }
    return node.put("schema", document.text());
  }

  private static Document document(JsonNode body) throws RefusedException {
    String type = body.path("schemaType").asText("AVRO");
    if (!type.equals("AVRO")) {
      throw new RefusedException(
          42201, "Invalid schema type " + type + "; only AVRO is known here");
    }
    if (!body.path("schema").isTextual()) {
      throw new RefusedException(42201, "The request has no schema");
    }
    List<Reference> references = new ArrayList<>();
    for (JsonNode reference : body.path("references")) {
      references.add(
          new Reference(
              reference.path("name").asText(),
              reference.path("subject").asText(),
              reference.path("version").asInt()));
    }
    return new Document(body.path("schema").asText(), references);
  }

  private static int id(String text) throws RefusedException {
    if (!text.matches("\\d{1,9}")) {
      throw new RefusedException(40403, "Schema " + text + " not found");
    }
    return Integer.parseInt(text);
  }

  private static JsonNode body(HttpExchange exchange) throws IOException, RefusedException {
    byte[] bytes = exchange.getRequestBody().readNBytes(MOST_REQUEST_BYTES + 1);
    if (bytes.length > MOST_REQUEST_BYTES) {
      throw new RefusedException(
          413, "The request is longer than " + MOST_REQUEST_BYTES + " bytes");
    }
    return json(new String(bytes, UTF_8));
  }

  private static JsonNode json(String text) throws RefusedException {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new RefusedException(400, "The request is not JSON: " + e.getOriginalMessage());
    }
  }

  private static JsonNode strings(List<String> values) {
    ArrayNode array = JSON.createArrayNode();
    values.forEach(array::add);
    return array;
  }

  private static JsonNode numbers(List<Version> versions) {
    ArrayNode array = JSON.createArrayNode();
    versions.forEach(version -> array.add(version.version()));
    return array;
  }
}
