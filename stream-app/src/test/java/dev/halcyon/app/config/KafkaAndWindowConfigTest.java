package dev.halcyon.app.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KafkaAndWindowConfigTest {
  @Test
  void theDefaultsFitTogether() {
    assertThatCode(() -> WindowConfig.defaults().checkAgainst(KafkaConfig.defaults()))
        .doesNotThrowAnyException();
  }

  @Test
  void aWaitLongerThanATransactionNamesBothSettings() {
    WindowConfig window = window(Duration.ofSeconds(9));
    assertThatThrownBy(() -> window.checkAgainst(KafkaConfig.defaults()))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("window.fullWait 9s plus the longest time between commits, 1s")
        .hasMessageContaining("kafka.transactionTimeout 10s")
        .hasMessageContaining("lower window.fullWait or raise kafka.transactionTimeout");
    assertThatCode(() -> window(Duration.ofMillis(8_999)).checkAgainst(KafkaConfig.defaults()))
        .doesNotThrowAnyException();
  }

  @Test
  void atLeastOnceThereIsNoTransactionToWaitTooLongFor() {
    KafkaConfig kafka = kafka(Guarantee.AT_LEAST_ONCE, Duration.ofMinutes(5), Map.of());
    assertThatCode(() -> window(Duration.ofSeconds(20)).checkAgainst(kafka))
        .doesNotThrowAnyException();
    assertThatThrownBy(() -> window(Duration.ofSeconds(76)).checkAgainst(kafka))
        .hasMessageContaining("window.fullWait 76s")
        .hasMessageContaining("kafka.maxPollInterval 5m");
  }

  @Test
  void limitsOfTheWindow() {
    Duration second = Duration.ofSeconds(1);
    assertThatThrownBy(() -> new WindowConfig(0, 1, second, second, Duration.ofHours(1)))
        .hasMessage("maxImages 0 is outside 1 to 100000");
    assertThatThrownBy(() -> new WindowConfig(1, 0, second, second, Duration.ofHours(1)))
        .hasMessage("maxBytes 0 is below 1");
    assertThatThrownBy(() -> new WindowConfig(1, 1, Duration.ZERO, second, Duration.ofHours(1)))
        .hasMessage("fullWait 0ms is below 1ms");
    assertThatThrownBy(
            () -> new WindowConfig(1, 1, second, Duration.ofSeconds(2), Duration.ofHours(1)))
        .hasMessage("punctuateEvery 2s is above 1s");
    assertThatThrownBy(() -> new WindowConfig(1, 1, second, second, second))
        .hasMessage("stallAfter 1s is not above fullWait 1s; raise stallAfter or lower fullWait");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "commit.interval.ms",
        "producer.transaction.timeout.ms",
        "main.consumer.max.poll.interval.ms",
        "consumer.session.timeout.ms",
        "processing.guarantee",
        "num.standby.replicas"
      })
  void aPropertyThatHasItsOwnSettingIsRefused(String key) {
    assertThatThrownBy(
            () -> kafka(Guarantee.AT_LEAST_ONCE, Duration.ofMinutes(5), Map.of(key, "1")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(key + " has a setting of its own, kafka.");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "processing.exception.handler",
        "consumer.isolation.level",
        "consumer.auto.offset.reset",
        "__processing.threads.enabled__"
      })
  void aPropertyThatWouldBreakAPromiseIsRefused(String key) {
    assertThatThrownBy(
            () -> kafka(Guarantee.AT_LEAST_ONCE, Duration.ofMinutes(5), Map.of(key, "1")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(key + " is not for configuring");
  }

  @Test
  void otherPropertiesReachThePlainClientsWithoutThoseMeantForOne() {
    KafkaConfig kafka =
        kafka(
            Guarantee.AT_LEAST_ONCE,
            Duration.ofMinutes(5),
            Map.of(
                "security.protocol", "SSL",
                "producer.compression.type", "lz4",
                "topic.min.insync.replicas", "2"));
    assertThat(kafka.clientProperties())
        .containsOnly(
            Map.entry("bootstrap.servers", "localhost:9092"),
            Map.entry("security.protocol", "SSL"));
  }

  @Test
  void relationsWithinKafka() {
    KafkaConfig d = KafkaConfig.defaults();
    assertThatThrownBy(
            () ->
                new KafkaConfig(
                    "a:1",
                    "has a space",
                    d.guarantee(),
                    d.groupProtocol(),
                    1,
                    d.commitInterval(),
                    d.poll(),
                    d.transactionTimeout(),
                    d.maxPollInterval(),
                    d.sessionTimeout(),
                    d.heartbeatInterval(),
                    0,
                    1,
                    Map.of()))
        .hasMessageContaining("applicationId \"has a space\"");
    assertThatThrownBy(
            () ->
                new KafkaConfig(
                    "a:1",
                    "app",
                    d.guarantee(),
                    d.groupProtocol(),
                    1,
                    d.commitInterval(),
                    d.poll(),
                    d.transactionTimeout(),
                    d.maxPollInterval(),
                    Duration.ofSeconds(6),
                    Duration.ofSeconds(3),
                    0,
                    1,
                    Map.of()))
        .hasMessageContaining("heartbeatInterval 3s is more than a third of sessionTimeout 6s");
    assertThatThrownBy(
            () ->
                new KafkaConfig(
                    "a:1",
                    "app",
                    Guarantee.EXACTLY_ONCE_V2,
                    d.groupProtocol(),
                    1,
                    Duration.ofSeconds(6),
                    d.poll(),
                    d.transactionTimeout(),
                    d.maxPollInterval(),
                    d.sessionTimeout(),
                    d.heartbeatInterval(),
                    0,
                    1,
                    Map.of()))
        .hasMessageContaining("transactionTimeout 10s is not twice the time between commits, 6s");
  }

  private static WindowConfig window(Duration fullWait) {
    return new WindowConfig(256, 1 << 20, fullWait, Duration.ofMillis(10), Duration.ofHours(1));
  }

  private static KafkaConfig kafka(
      Guarantee guarantee, Duration maxPollInterval, Map<String, String> properties) {
    KafkaConfig d = KafkaConfig.defaults();
    return new KafkaConfig(
        d.bootstrapServers(),
        d.applicationId(),
        guarantee,
        d.groupProtocol(),
        d.streamThreads(),
        d.commitInterval(),
        d.poll(),
        d.transactionTimeout(),
        maxPollInterval,
        d.sessionTimeout(),
        d.heartbeatInterval(),
        d.standbyReplicas(),
        d.bufferedUploads(),
        properties);
  }
}
