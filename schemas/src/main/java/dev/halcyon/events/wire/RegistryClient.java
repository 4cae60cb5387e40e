package dev.halcyon.events.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.apache.avro.Schema;
import org.apache.avro.SchemaParseException;
import org.apache.kafka.common.errors.SerializationException;

/**
 * The calls to a schema registry that reading and writing need. Answers are kept for ever, because
 * ids never change their meaning; an unknown id is kept as such for a while, so that a flood of
 * broken records does not become a flood of calls. Safe for use by many threads.
 */
final class RegistryClient {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String CONTENT_TYPE = "application/vnd.schemaregistry.v1+json";
  private static final int ROUNDS = 3;
  private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
  private static final Duration UNKNOWN_FOR = Duration.ofSeconds(5);
  private static final int MOST_UNKNOWN = 10_000;
  private static final int DEEPEST_REFERENCE = 16;

  private final RegistrySettings settings;
  private final HttpClient http;
  private final LongSupplier nanoClock;
  private final Map<Integer, Schema> schemas = new ConcurrentHashMap<>();
  private final Map<Integer, Unknown> unknown = new ConcurrentHashMap<>();
  private final Map<Registration, Integer> ids = new ConcurrentHashMap<>();
  private volatile int preferred;

  private record Registration(String subject, Schema schema) {}

  private record Unknown(String reason, long sinceNanos) {}

  private record Answer(URI url, int status, JsonNode body) {
    /** The registry's own words. */
    String message() {
      return body.path("message").asText("HTTP status " + status);
    }
  }

  RegistryClient(RegistrySettings settings) {
    this(settings, System::nanoTime);
  }

  RegistryClient(RegistrySettings settings, LongSupplier nanoClock) {
    this.settings = settings;
    this.nanoClock = nanoClock;
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(settings.connectTimeout());
    settings.tls().ifPresent(builder::sslContext);
    this.http = builder.build();
  }

  /**
   * The id under which a schema is, or now becomes, a version of the subject.
   *
   * @throws RegistryException where the registry does not answer or refuses
   */
  int register(String subject, Schema schema) {
    Registration registration = new Registration(subject, schema);
    Integer known = ids.get(registration);
    if (known != null) {
      return known;
    }
    Answer answer = post("/subjects/" + encoded(subject) + "/versions", body(schema));
    if (answer.status == 409) {
      throw new RegistryException(
          "schema registry "
              + answer.url
              + ": "
              + schema.getFullName()
              + " is incompatible with the versions of subject "
              + subject
              + ": "
              + answer.message()
              + "; run the release that fits the registered schema, or change the subject's"
              + " compatibility level");
    }
    int id = id(ok(answer, "register " + schema.getFullName() + " as " + subject));
    ids.put(registration, id);
    return id;
  }

  /**
   * The id of a schema that somebody else has registered.
   *
   * @throws RegistryException where it is not registered, or the registry does not answer
   */
  int find(String subject, Schema schema) {
    Registration registration = new Registration(subject, schema);
    Integer known = ids.get(registration);
    if (known != null) {
      return known;
    }
    Answer answer = post("/subjects/" + encoded(subject), body(schema));
    if (answer.status == 404) {
      throw new RegistryException(
          "schema registry "
              + answer.url
              + ": subject "
              + subject
              + " does not hold this release's "
              + schema.getFullName()
              + "; register it (the released schemas are in schemas/released), or set "
              + RegistrySettings.AUTO_REGISTER
              + "=true");
    }
    int id = id(ok(answer, "look up " + schema.getFullName() + " in " + subject));
    ids.put(registration, id);
    return id;
  }

  /**
   * The schema of an id.
   *
   * @throws SerializationException where the registry knows no such id, or it is no Avro schema
   * @throws RegistryException where the registry does not answer or refuses
   */
  Schema schema(int id) {
    Schema known = schemas.get(id);
    if (known != null) {
      return known;
    }
    Unknown missing = unknown.get(id);
    if (missing != null && nanoClock.getAsLong() - missing.sinceNanos < UNKNOWN_FOR.toNanos()) {
      throw new SerializationException(missing.reason);
    }
    Answer answer = get("/schemas/ids/" + Integer.toUnsignedString(id));
    String reason = null;
    Schema schema = null;
    if (answer.status == 404) {
      reason =
          "schema id "
              + Integer.toUnsignedString(id)
              + " is unknown to the schema registry "
              + answer.url;
    } else {
      try {
        schema = parse(ok(answer, "read schema id " + id));
      } catch (SchemaParseException e) {
        reason = "schema id " + id + " of the schema registry cannot be used: " + e.getMessage();
      }
    }
    if (reason != null) {
      if (unknown.size() >= MOST_UNKNOWN) {
        unknown.clear();
      }
      unknown.put(id, new Unknown(reason, nanoClock.getAsLong()));
      throw new SerializationException(reason);
    }
    unknown.remove(id);
    schemas.put(id, schema);
    return schema;
  }

  private Schema parse(JsonNode body) {
    String type = body.path("schemaType").asText("AVRO");
    if (!type.equals("AVRO")) {
      throw new SchemaParseException("it is of type " + type + ", not AVRO");
    }
    // The parser of 1.12 knows a name only by a definition it has read: the references come first.
    Schema.Parser parser = new Schema.Parser();
    parseReferences(body, parser, new HashSet<>(), 0);
    return parser.parse(body.path("schema").asText());
  }

  private void parseReferences(JsonNode body, Schema.Parser parser, Set<String> parsed, int depth) {
    if (depth > DEEPEST_REFERENCE) {
      throw new SchemaParseException(
          "its references are nested more than " + DEEPEST_REFERENCE + " deep");
    }
    for (JsonNode reference : body.path("references")) {
      String subject = reference.path("subject").asText();
      int version = reference.path("version").asInt();
      if (!parsed.add(subject + "/" + version)) {
        continue;
      }
      Answer answer = get("/subjects/" + encoded(subject) + "/versions/" + version);
      if (answer.status == 404) {
        throw new SchemaParseException(
            "it refers to version " + version + " of " + subject + ", which is unknown");
      }
      JsonNode referred = ok(answer, "read version " + version + " of " + subject);
      parseReferences(referred, parser, parsed, depth + 1);
      parser.parse(referred.path("schema").asText());
    }
  }

  private static int id(JsonNode body) {
    JsonNode id = body.path("id");
    if (!id.isInt()) {
      throw new RegistryException("the schema registry answers without an id: " + body);
    }
    return id.intValue();
  }

  private static String body(Schema schema) {
    ObjectNode body = JSON.createObjectNode();
    body.put("schema", schema.toString());
    return body.toString();
  }

  private JsonNode ok(Answer answer, String task) {
    if (answer.status / 100 == 2) {
      return answer.body;
    }
    String refusal = "schema registry " + answer.url + " does not " + task + ": ";
    throw new RegistryException(
        switch (answer.status) {
          case 401, 403 ->
              refusal
                  + answer.status
                  + " "
                  + answer.message()
                  + "; check "
                  + "basic.auth.user.info or bearer.auth.token, and what that account may do";
          default ->
              refusal
                  + answer.status
                  + " "
                  + answer.message()
                  + "; check "
                  + RegistrySettings.URL
                  + " and the registry's log";
        });
  }

  private Answer get(String path) {
    return call(path, HttpRequest.newBuilder().GET());
  }

  private Answer post(String path, String body) {
    return call(
        path,
        HttpRequest.newBuilder()
            .header("Content-Type", CONTENT_TYPE)
            .POST(HttpRequest.BodyPublishers.ofString(body)));
  }

  /**
   * Goes round the URLs, from the last good one, until one gives an answer that is not its own
   * fault.
   */
  private Answer call(String path, HttpRequest.Builder request) {
    request.header("Accept", CONTENT_TYPE).timeout(settings.readTimeout());
    settings.authorization().ifPresent(value -> request.header("Authorization", value));
    int urls = settings.urls().size();
    Answer failed = null;
    IOException silent = null;
    for (int attempt = 0; attempt < ROUNDS * urls; attempt++) {
      if (attempt > 0 && attempt % urls == 0) {
        pause(FIRST_PAUSE.multipliedBy(1L << (attempt / urls - 1)));
      }
      int index = (preferred + attempt) % urls;
      URI url = settings.urls().get(index);
      try {
        HttpResponse<byte[]> response =
            http.send(
                request.uri(URI.create(url + path)).build(),
                HttpResponse.BodyHandlers.ofByteArray());
        Answer answer = new Answer(url, response.statusCode(), json(response.body()));
        if (answer.status < 500 && answer.status != 429) {
          preferred = index;
          return answer;
        }
        failed = answer;
      } catch (IOException e) {
        silent = e;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new org.apache.kafka.common.errors.InterruptException(e);
      }
    }
    if (failed != null) {
      return failed;
    }
    throw new RegistryException(
        settings
            + " does not answer ("
            + (silent.getMessage() == null
                ? silent.getClass().getSimpleName()
                : silent.getMessage())
            + "); check "
            + RegistrySettings.URL
            + " and that the registry is up",
        silent);
  }

  private static JsonNode json(byte[] body) {
    try {
      JsonNode node = JSON.readTree(body);
      return node == null ? JSON.createObjectNode() : node;
    } catch (JsonProcessingException e) {
      // A proxy's error page: the status says enough.
      return JSON.createObjectNode();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static void pause(Duration pause) {
    try {
      Thread.sleep(pause.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new org.apache.kafka.common.errors.InterruptException(e);
    }
  }

  private static String encoded(String subject) {
    return URLEncoder.encode(subject, UTF_8).replace("+", "%20");
  }
}
