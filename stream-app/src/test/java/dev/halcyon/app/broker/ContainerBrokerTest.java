package dev.halcyon.app.broker;

import org.testcontainers.junit.jupiter.Container;
import org.testcontainers.junit.jupiter.Testcontainers;
import org.testcontainers.kafka.KafkaContainer;

/** The suite on the broker as it is deployed; skipped where there is no Docker. */
@Testcontainers(disabledWithoutDocker = true)
final class ContainerBrokerTest extends BrokerSuite {
  @Container private static final KafkaContainer KAFKA = new KafkaContainer("apache/kafka:4.3.1");

  @Override
  protected String bootstrapServers() {
    return KAFKA.getBootstrapServers();
  }
}
