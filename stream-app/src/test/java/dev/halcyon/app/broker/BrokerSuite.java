package dev.halcyon.app.broker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Produced;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the program needs of a Kafka, held against every Kafka it is tested on. A subclass says
 * which one; suites of other packages may extend it for its clients.
 */
public abstract class BrokerSuite {
  @TempDir Path stateDirectory;

  /** The Kafka under test, which the subclass has started. */
  protected abstract String bootstrapServers();

  protected final KafkaClients clients() {
    return new KafkaClients(bootstrapServers());
  }

  @Test
  void whatIsWrittenIsRead() {
    String topic = clients().createTopic(KafkaClients.unique("plain"), 3, Map.of());
    clients().send(new ProducerRecord<>(topic, "k".getBytes(UTF_8), "v".getBytes(UTF_8)));

    assertThat(clients().read(topic, 1, new StringDeserializer()))
        .extracting(ConsumerRecord::key, ConsumerRecord::value)
        .containsExactly(org.assertj.core.groups.Tuple.tuple("k", "v"));
  }

  @Test
  void anAbortedTransactionIsNotRead() {
    String topic = clients().createTopic(KafkaClients.unique("transactions"), 1, Map.of());
    Map<String, Object> config = new HashMap<>();
    config.put("bootstrap.servers", bootstrapServers());
    config.put("transactional.id", KafkaClients.unique("tx"));
    try (KafkaProducer<String, String> producer =
        new KafkaProducer<>(config, new StringSerializer(), new StringSerializer())) {
      producer.initTransactions();
      producer.beginTransaction();
      producer.send(new ProducerRecord<>(topic, "k", "aborted"));
      producer.flush();
      producer.abortTransaction();
      producer.beginTransaction();
      producer.send(new ProducerRecord<>(topic, "k", "committed"));
      producer.commitTransaction();
    }

    assertThat(clients().readToEnd(topic, new StringDeserializer()))
        .extracting(ConsumerRecord::value)
        .containsExactly("committed");
  }

  @ParameterizedTest
  @ValueSource(strings = {"classic", "streams"})
  void aStreamsApplicationRunsExactlyOnceUnderEitherGroupProtocol(String protocol) {
    String in = clients().createTopic(KafkaClients.unique("in"), 2, Map.of());
    String out = clients().createTopic(KafkaClients.unique("out"), 2, Map.of());
    StreamsBuilder builder = new StreamsBuilder();
    builder.stream(in, Consumed.with(Serdes.String(), Serdes.String()))
        .mapValues(value -> value + "!")
        .to(out, Produced.with(Serdes.String(), Serdes.String()));
    Properties config = new Properties();
    config.put(StreamsConfig.APPLICATION_ID_CONFIG, KafkaClients.unique("app"));
    config.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers());
    config.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
    config.put(StreamsConfig.GROUP_PROTOCOL_CONFIG, protocol);
    config.put(StreamsConfig.STATE_DIR_CONFIG, stateDirectory.toString());
    config.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, 100);
    config.put("auto.offset.reset", "earliest");

    try (KafkaStreams streams = new KafkaStreams(builder.build(), config)) {
      streams.start();
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> streams.state() == KafkaStreams.State.RUNNING);
      clients().send(new ProducerRecord<>(in, "k".getBytes(UTF_8), "hello".getBytes(UTF_8)));
      List<ConsumerRecord<String, String>> read = clients().read(out, 1, new StringDeserializer());
      assertThat(read).extracting(ConsumerRecord::value).containsExactly("hello!");
    }
  }
}
