package dev.halcyon.app.broker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class EmbeddedBrokerTest {
  @Test
  void aRestartKeepsAddressAndRecordsAndClosingCleansUp() {
    EmbeddedBroker broker = EmbeddedBroker.start();
    Path directory = broker.directory();
    try (broker) {
      String address = broker.bootstrapServers();
      KafkaClients clients = new KafkaClients(address);
      clients.createTopic("t", 1, Map.of());
      clients.send(record("t", "before"));

      broker.restart();

      assertThat(broker.bootstrapServers()).isEqualTo(address);
      clients.send(record("t", "after"));
      assertThat(values(clients.readToEnd("t", new StringDeserializer())))
          .containsExactly("before", "after");
      assertThat(directory).isDirectory();
    }
    assertThat(directory).doesNotExist();
  }

  @Test
  void aGivenDirectoryIsContinuedByTheNextBrokerAndKept(@TempDir Path directory) {
    try (EmbeddedBroker broker = EmbeddedBroker.builder().directory(directory).start()) {
      KafkaClients clients = new KafkaClients(broker.bootstrapServers());
      clients.createTopic("t", 1, Map.of());
      clients.send(record("t", "kept"));
    }
    try (EmbeddedBroker broker = EmbeddedBroker.builder().directory(directory).start()) {
      KafkaClients clients = new KafkaClients(broker.bootstrapServers());
      assertThat(values(clients.readToEnd("t", new StringDeserializer()))).containsExactly("kept");
    }
    assertThat(directory).isNotEmptyDirectory();
  }

  @Test
  void threeBrokersReplicateAndOutliveTheLossOfOne() throws Exception {
    try (EmbeddedBroker cluster =
        EmbeddedBroker.builder()
            .brokers(3)
            .setting("broker.session.timeout.ms", "2000")
            .setting("broker.heartbeat.interval.ms", "500")
            .start()) {
      KafkaClients clients = new KafkaClients(cluster.bootstrapServers());
      clients.createTopic("t", 3, Map.of());
      try (Admin admin = clients.admin()) {
        assertThat(admin.describeCluster().nodes().get()).hasSize(3);
        assertThat(admin.describeTopics(List.of("t")).topicNameValues().get("t").get().partitions())
            .allSatisfy(partition -> assertThat(partition.replicas()).hasSize(3));
      }

      cluster.stop(3);
      clients.send(record("t", "with two"));
      cluster.start(3);

      try (Admin admin = clients.admin()) {
        await()
            .atMost(Duration.ofSeconds(60))
            .untilAsserted(
                () ->
                    assertThat(
                            admin
                                .describeTopics(List.of("t"))
                                .topicNameValues()
                                .get("t")
                                .get()
                                .partitions())
                        .allSatisfy(partition -> assertThat(partition.isr()).hasSize(3)));
      }
      assertThat(values(clients.readToEnd("t", new StringDeserializer())))
          .containsExactly("with two");
    }
  }

  @Test
  void aTakenPortIsNamedAndNothingStaysBehind(@TempDir Path directory) throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      EmbeddedBroker.Builder builder =
          EmbeddedBroker.builder().directory(directory).ports(taken.getLocalPort());
      assertThatThrownBy(builder::start)
          .isInstanceOf(BrokerException.class)
          .hasMessageContaining("127.0.0.1:" + taken.getLocalPort());
    }
    assertThat(Files.isDirectory(directory)).isTrue();
  }

  private static ProducerRecord<byte[], byte[]> record(String topic, String value) {
    return new ProducerRecord<>(topic, "k".getBytes(UTF_8), value.getBytes(UTF_8));
  }

  private static List<String> values(List<ConsumerRecord<String, String>> records) {
    return records.stream().map(ConsumerRecord::value).toList();
  }
}
