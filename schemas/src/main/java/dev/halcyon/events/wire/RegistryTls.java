package dev.halcyon.events.wire;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.apache.kafka.common.config.ConfigException;

/** Trust and key stores for a registry behind a private certificate authority. */
final class RegistryTls {
  private RegistryTls() {}

  /** The context the {@code ssl.*} settings describe; empty where the JVM's own is meant. */
  static Optional<SSLContext> context(Map<String, ?> configs, String prefix) {
    Optional<KeyStore> trust = store(configs, prefix, "ssl.truststore");
    Optional<KeyStore> key = store(configs, prefix, "ssl.keystore");
    if (trust.isEmpty() && key.isEmpty()) {
      return Optional.empty();
    }
    try {
      KeyManager[] keyManagers = null;
      if (key.isPresent()) {
        KeyManagerFactory factory =
            KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        String password =
            text(configs, prefix + "ssl.key.password")
                .or(() -> text(configs, prefix + "ssl.keystore.password"))
                .orElse("");
        factory.init(key.get(), password.toCharArray());
        keyManagers = factory.getKeyManagers();
      }
      TrustManager[] trustManagers = null;
      if (trust.isPresent()) {
        TrustManagerFactory factory =
            TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(trust.get());
        trustManagers = factory.getTrustManagers();
      }
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keyManagers, trustManagers, null);
      return Optional.of(context);
    } catch (GeneralSecurityException e) {
      throw new ConfigException(prefix + "ssl.*: the stores cannot be used: " + e.getMessage());
    }
  }

  private static Optional<KeyStore> store(Map<String, ?> configs, String prefix, String name) {
    String key = prefix + name + ".location";
    Optional<String> location = text(configs, key);
    if (location.isEmpty()) {
      return Optional.empty();
    }
    Path file = Path.of(location.get());
    String type = text(configs, prefix + name + ".type").orElse("JKS");
    Optional<String> password = text(configs, prefix + name + ".password");
    try (InputStream in = Files.newInputStream(file)) {
      KeyStore store = KeyStore.getInstance(type);
      store.load(in, password.map(String::toCharArray).orElse(null));
      return Optional.of(store);
    } catch (IOException | GeneralSecurityException e) {
      throw new ConfigException(
          key,
          file,
          "cannot be read as a store of type "
              + type
              + " ("
              + e.getMessage()
              + "); check "
              + prefix
              + name
              + ".type and .password");
    }
  }

  private static Optional<String> text(Map<String, ?> configs, String key) {
    Object value = configs.get(key);
    if (value instanceof org.apache.kafka.common.config.types.Password password) {
      return Optional.of(password.value());
    }
    return Optional.ofNullable(value).map(Object::toString).filter(text -> !text.isBlank());
  }
}
