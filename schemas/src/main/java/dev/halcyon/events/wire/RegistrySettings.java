package dev.halcyon.events.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;

/**
 * How to reach the registry, read from the settings of a serializer.
 *
 * @param urls where it listens; tried in this order
 * @param authorization the value of the Authorization header, where there is one
 * @param tls the trust and key store, where the JVM's own are not meant
 * @param connectTimeout longest wait for a connection
 * @param readTimeout longest wait for an answer
 */
record RegistrySettings(
    List<URI> urls,
    Optional<String> authorization,
    Optional<SSLContext> tls,
    Duration connectTimeout,
    Duration readTimeout) {
  static final String URL = "schema.registry.url";
  static final String AUTO_REGISTER = "auto.register.schemas";
  static final String SPECIFIC_READER = "specific.avro.reader";
  private static final String PREFIX = "schema.registry.";
  private static final String TOPIC_NAME_STRATEGY = "TopicNameStrategy";

  /**
   * Reads the settings, and refuses those that Confluent's serializers would act upon otherwise.
   */
  static RegistrySettings from(Map<String, ?> given) {
    // As every client of Kafka does: ${provider:path:key} stands for a secret kept elsewhere.
    Map<String, ?> configs = new AbstractConfig(new ConfigDef(), given, false).originals();
    refuse(configs, "use.latest.version", "false");
    refuse(configs, "use.schema.id", "-1");
    for (String key : List.of("key.subject.name.strategy", "value.subject.name.strategy")) {
      String strategy = text(configs, key).orElse(TOPIC_NAME_STRATEGY);
      if (!strategy.endsWith(TOPIC_NAME_STRATEGY) || strategy.endsWith("RecordNameStrategy")) {
        throw unsupported(key, strategy);
      }
    }
    List<URI> urls = new ArrayList<>();
    Optional<String> userInfo = Optional.empty();
    for (String part : required(configs, URL).split(",", -1)) {
      URI url = url(part.strip());
      if (url.getUserInfo() != null) {
        userInfo = Optional.of(url.getUserInfo());
      }
      urls.add(withoutUserInfo(url));
    }
    return new RegistrySettings(
        List.copyOf(urls),
        authorization(configs, userInfo),
        RegistryTls.context(configs, PREFIX),
        millis(configs, "http.connect.timeout.ms", 5_000),
        millis(configs, "http.read.timeout.ms", 10_000));
  }

  static boolean flag(Map<String, ?> configs, String key, boolean otherwise) {
    return text(configs, key)
        .map(
            value ->
                switch (value.toLowerCase(Locale.ROOT)) {
                  case "true" -> true;
                  case "false" -> false;
                  default -> throw new ConfigException(key, value, "must be true or false");
                })
        .orElse(otherwise);
  }

  /** Confluent takes the settings of the client with and without the prefix. */
  static Optional<String> clientText(Map<String, ?> configs, String key) {
    return text(configs, PREFIX + key).or(() -> text(configs, key));
  }

  private static Optional<String> text(Map<String, ?> configs, String key) {
    Object value = configs.get(key);
    if (value instanceof org.apache.kafka.common.config.types.Password password) {
      return Optional.of(password.value());
    }
    if (value instanceof List<?> list) {
      return Optional.of(String.join(",", list.stream().map(Object::toString).toList()));
    }
    return Optional.ofNullable(value).map(Object::toString).map(String::strip);
  }

  private static String required(Map<String, ?> configs, String key) {
    return text(configs, key)
        .filter(value -> !value.isEmpty())
        .orElseThrow(
            () ->
                new ConfigException(
                    key
                        + " is not set; write the registry's address, as in http://localhost:8081"));
  }

  private static URI url(String text) {
    try {
      URI url = new URI(text);
      if ((!"http".equals(url.getScheme()) && !"https".equals(url.getScheme()))
          || url.getHost() == null) {
        throw new ConfigException(
            URL + " holds \"" + shown(url) + "\"; write http:// or https:// and a host");
      }
      return url;
    } catch (URISyntaxException e) {
      throw new ConfigException(URL + " cannot be read as a list of URLs: " + e.getReason());
    }
  }

  private static String shown(URI url) {
    return url.getUserInfo() == null ? url.toString() : "(a URL with credentials)";
  }

  private static URI withoutUserInfo(URI url) {
    String path = url.getPath() == null ? "" : url.getPath().replaceAll("/+$", "");
    try {
      return new URI(url.getScheme(), null, url.getHost(), url.getPort(), path, null, null);
    } catch (URISyntaxException e) {
      throw new ConfigException(URL + " cannot be read as a list of URLs: " + e.getReason());
    }
  }

  private static Optional<String> authorization(
      Map<String, ?> configs, Optional<String> urlUserInfo) {
    Optional<String> bearerSource = clientText(configs, "bearer.auth.credentials.source");
    Optional<String> token = clientText(configs, "bearer.auth.token");
    if (bearerSource.isPresent() || token.isPresent()) {
      String source = bearerSource.orElse("STATIC_TOKEN");
      if (!source.equals("STATIC_TOKEN")) {
        throw unsupported("bearer.auth.credentials.source", source);
      }
      return Optional.of(
          "Bearer "
              + token.orElseThrow(
                  () -> new ConfigException("bearer.auth.token is not set, but its source is")));
    }
    Optional<String> userInfo = clientText(configs, "basic.auth.user.info");
    String source =
        clientText(configs, "basic.auth.credentials.source")
            .orElse(userInfo.isPresent() ? "USER_INFO" : "URL");
    return switch (source) {
      case "USER_INFO" ->
          Optional.of(
              basic(
                  userInfo.orElseThrow(
                      () ->
                          new ConfigException(
                              "basic.auth.user.info is not set, but"
                                  + " basic.auth.credentials.source is USER_INFO; write"
                                  + " user:password"))));
      case "URL" -> urlUserInfo.map(RegistrySettings::basic);
      default -> throw unsupported("basic.auth.credentials.source", source);
    };
  }

  private static String basic(String userInfo) {
    return "Basic " + Base64.getEncoder().encodeToString(userInfo.getBytes(UTF_8));
  }

  private static Duration millis(Map<String, ?> configs, String key, long otherwise) {
    String value = clientText(configs, key).orElse(Long.toString(otherwise));
    try {
      long millis = Long.parseLong(value);
      if (millis > 0) {
        return Duration.ofMillis(millis);
      }
    } catch (NumberFormatException e) {
      // said below
    }
    throw new ConfigException(key, value, "must be a number of milliseconds above 0");
  }

  private static void refuse(Map<String, ?> configs, String key, String accepted) {
    text(configs, key)
        .filter(value -> !value.equalsIgnoreCase(accepted))
        .ifPresent(
            value -> {
              throw unsupported(key, value);
            });
  }

  private static ConfigException unsupported(String key, String value) {
    return new ConfigException(
        key,
        value,
        "is not supported by dev.halcyon.events.wire; leave it out, or name"
            + " io.confluent.kafka.serializers.KafkaAvroSerializer and"
            + " io.confluent.kafka.serializers.KafkaAvroDeserializer as serializer classes");
  }

  /** Names no credential. */
  @Override
  public String toString() {
    return "schema registry at "
        + String.join(", ", urls.stream().map(URI::toString).toList())
        + (authorization.isPresent() ? " with credentials" : "");
  }
}
