package dev.halcyon.events.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RegistrySettingsTest {
  @Test
  void severalUrlsMayBeOneTextOrAList() {
    assertThat(from(Map.of("schema.registry.url", "http://a:1, https://b/path/")).urls())
        .hasToString("[http://a:1, https://b/path]");
    assertThat(from(Map.of("schema.registry.url", List.of("http://a:1", "http://b"))).urls())
        .hasToString("[http://a:1, http://b]");
  }

  @Test
  void whatCannotBeUsedIsRefusedByName() {
    assertRefused(Map.of("schema.registry.url", ""), "schema.registry.url is not set");
    assertRefused(Map.of("schema.registry.url", "mock://x"), "http:// or https://");
    assertRefused(Map.of("schema.registry.url", "localhost:8081"), "http:// or https://");
    assertRefused(Map.of("use.latest.version", "true"), "KafkaAvroSerializer");
    assertRefused(
        Map.of(
            "value.subject.name.strategy",
            "io.confluent.kafka.serializers.subject.RecordNameStrategy"),
        "value.subject.name.strategy");
    assertRefused(
        Map.of(
            "value.subject.name.strategy",
            "io.confluent.kafka.serializers.subject.TopicRecordNameStrategy"),
        "value.subject.name.strategy");
    assertRefused(
        Map.of("basic.auth.credentials.source", "SASL_INHERIT"), "basic.auth.credentials.source");
    assertRefused(
        Map.of("basic.auth.credentials.source", "USER_INFO"), "basic.auth.user.info is not set");
    assertRefused(Map.of("http.read.timeout.ms", "soon"), "http.read.timeout.ms");
    assertRefused(
        Map.of("schema.registry.ssl.truststore.location", "/nowhere"),
        "schema.registry.ssl.truststore.location");
  }

  @Test
  void aTrustStoreOfItsOwnIsUsed(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("trust.p12");
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, "changeit".toCharArray());
    try (var out = Files.newOutputStream(file)) {
      store.store(out, "changeit".toCharArray());
    }
    Map<String, Object> config = new HashMap<>();
    config.put("schema.registry.ssl.truststore.location", file.toString());
    config.put("schema.registry.ssl.truststore.password", "changeit");
    assertThat(from(config).tls()).isPresent();
    assertThat(from(Map.of()).tls()).isEmpty();
    config.put("schema.registry.ssl.truststore.password", "wrong");
    assertRefused(config, "ssl.truststore.location");
  }

  @Test
  void aSecretMayBeKeptElsewhere(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("secrets.properties");
    Files.writeString(file, "token=s3cret\n");
    RegistrySettings settings =
        from(
            Map.of(
                "config.providers",
                "file",
                "config.providers.file.class",
                "org.apache.kafka.common.config.provider.FileConfigProvider",
                "bearer.auth.token",
                "${file:" + file + ":token}"));
    assertThat(settings.authorization()).contains("Bearer s3cret");
  }

  @Test
  void aFlagIsTrueOrFalse() {
    assertThat(RegistrySettings.flag(Map.of(), "f", true)).isTrue();
    assertThat(RegistrySettings.flag(Map.of("f", false), "f", true)).isFalse();
    assertThatThrownBy(() -> RegistrySettings.flag(Map.of("f", "yes"), "f", true))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("true or false");
  }

  private static void assertRefused(Map<String, ?> config, String message) {
    assertThatThrownBy(() -> from(config))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(message);
  }

  private static RegistrySettings from(Map<String, ?> config) {
    Map<String, Object> all = new HashMap<>(Map.of("schema.registry.url", "http://localhost:8081"));
    all.putAll(config);
    return RegistrySettings.from(all);
  }
}
