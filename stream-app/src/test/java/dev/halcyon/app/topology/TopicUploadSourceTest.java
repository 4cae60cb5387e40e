package dev.halcyon.app.topology;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.halcyon.app.broker.KafkaClients;
import dev.halcyon.app.broker.SharedBroker;
import dev.halcyon.events.SourceRef;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TopicUploadSourceTest {
  private final KafkaClients clients = new KafkaClients(SharedBroker.bootstrapServers());
  private final TopicUploadSource source =
      new TopicUploadSource(
          Map.of("bootstrap.servers", clients.bootstrapServers()), Duration.ofSeconds(20));

  @AfterEach
  void close() {
    source.close();
  }

  @Test
  void recordsAreReadByTheirPlaceInWhateverOrderTheyAreAskedFor() throws Exception {
    String topic = written(2, 500);
    Map<SourceRef, CompletableFuture<Optional<byte[]>>> asked = new HashMap<>();
    for (long offset : new long[] {499, 3, 4, 250, 0, 4, 120}) {
      for (int partition = 0; partition < 2; partition++) {
        SourceRef place = new SourceRef(topic, partition, offset);
        asked.put(place, source.read(place));
      }
    }
    for (var one : asked.entrySet()) {
      assertThat(get(one.getValue()))
          .map(value -> new String(value, UTF_8))
          .contains(one.getKey().getPartition() + "@" + one.getKey().getOffset());
    }
  }

  @Test
  void whatRetentionTookOrNeverWasIsGone() throws Exception {
    String topic = written(1, 100);
    try (Admin admin = clients.admin()) {
      admin
          .deleteRecords(Map.of(new TopicPartition(topic, 0), RecordsToDelete.beforeOffset(40)))
          .all()
          .get();
    }
    List<CompletableFuture<Optional<byte[]>>> answers = new ArrayList<>();
    for (long offset : new long[] {0, 39, 40, 99, 100, 5_000}) {
      answers.add(source.read(new SourceRef(topic, 0, offset)));
    }
    List<Boolean> there = new ArrayList<>();
    for (CompletableFuture<Optional<byte[]>> answer : answers) {
      there.add(get(answer).isPresent());
    }
    assertThat(there).containsExactly(false, false, true, true, false, false);
  }

  @Test
  void theMarkersAndTheRemainsOfTransactionsAreNoRecords() throws Exception {
    String topic = clients.createTopic(KafkaClients.unique("tx"), 1, Map.of());
    Map<String, Object> config = new HashMap<>();
    config.put("bootstrap.servers", clients.bootstrapServers());
    config.put("transactional.id", KafkaClients.unique("tx-id"));
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer())) {
      producer.initTransactions();
      for (int i = 0; i < 3; i++) {
        producer.beginTransaction();
        producer.send(new ProducerRecord<>(topic, ("record-" + i).getBytes(UTF_8)));
        producer.commitTransaction();
      }
    }
    // Record, marker, record, marker, record, marker.
    List<CompletableFuture<Optional<byte[]>>> answers = new ArrayList<>();
    for (long offset = 0; offset < 6; offset++) {
      answers.add(source.read(new SourceRef(topic, 0, offset)));
    }
    for (int offset = 0; offset < 6; offset++) {
      Optional<byte[]> answer = get(answers.get(offset));
      assertThat(answer.map(value -> new String(value, UTF_8)))
          .isEqualTo(offset % 2 == 0 ? Optional.of("record-" + offset / 2) : Optional.empty());
    }
  }

  @Test
  void onceClosedNothingIsRead() {
    source.close();
    assertThat(source.read(new SourceRef("t", 0, 0L))).isCancelled();
  }

  @Test
  void aKafkaThatDoesNotAnswerIsAFaultAndNoMissingRecord() {
    try (TopicUploadSource nowhere =
        new TopicUploadSource(
            Map.of("bootstrap.servers", "127.0.0.1:1", "default.api.timeout.ms", 1_000),
            Duration.ofSeconds(1))) {
      CompletableFuture<Optional<byte[]>> answer = nowhere.read(new SourceRef("t", 0, 7L));
      assertThatThrownBy(() -> answer.get(30, TimeUnit.SECONDS))
          .hasRootCauseInstanceOf(org.apache.kafka.common.errors.TimeoutException.class)
          .hasMessageContaining("upload t-0@7 cannot be read again");
    }
  }

  private String written(int partitions, int each) throws Exception {
    String topic = clients.createTopic(KafkaClients.unique("again"), partitions, Map.of());
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", clients.bootstrapServers()),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      for (int partition = 0; partition < partitions; partition++) {
        for (int offset = 0; offset < each; offset++) {
          producer.send(
              new ProducerRecord<>(
                  topic, partition, null, (partition + "@" + offset).getBytes(UTF_8)));
        }
      }
      producer.flush();
    }
    return topic;
  }

  private static Optional<byte[]> get(CompletableFuture<Optional<byte[]>> answer) throws Exception {
    return answer.get(60, TimeUnit.SECONDS);
  }
}
