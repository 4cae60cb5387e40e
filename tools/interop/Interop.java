import static java.nio.charset.StandardCharsets.UTF_8;

import dev.halcyon.app.broker.EmbeddedBroker;
import dev.halcyon.events.ImageUpload;
import dev.halcyon.events.wire.Decoded;
import dev.halcyon.events.wire.EmbeddedRegistry;
import dev.halcyon.events.wire.EventDecoder;
import dev.halcyon.events.wire.EventSerdes;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Writes an upload, lets the peer read and answer it, and reads the answers. */
public final class Interop {
  private static final String TOPIC = "image-uploads";

  public static void main(String[] arguments) throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start();
        EmbeddedRegistry registry = EmbeddedRegistry.start();
        EventSerdes serdes = new EventSerdes(Map.of("schema.registry.url", registry.url()))) {
      String bootstrap = broker.bootstrapServers();
      try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
        admin.createTopics(List.of(new NewTopic(TOPIC, 1, (short) 1))).all().get();
      }
      write(bootstrap, serdes);
      Process peer =
          new ProcessBuilder("node", "peer.mjs", bootstrap, registry.url(), "from-halcyon")
              .inheritIO()
              .start();
      if (peer.waitFor() != 0) {
        throw new AssertionError("the peer failed");
      }
      read(bootstrap, serdes.decoder(ImageUpload.class));
    }
    System.out.println("  both read by Halcyon");
  }

  private static void write(String bootstrap, EventSerdes serdes) throws Exception {
    ImageUpload upload =
        ImageUpload.newBuilder()
            .setImageId("from-halcyon")
            .setBytes(ByteBuffer.wrap("not really a picture".getBytes(UTF_8)))
            .setUploadedAt(Instant.parse("2026-01-01T12:00:00Z"))
            .setAttributes(Map.of("album", "Ferien ☀"))
            .build();
    try (KafkaProducer<String, ImageUpload> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", bootstrap),
            new StringSerializer(),
            serdes.values(ImageUpload.class).serializer())) {
      producer.send(new ProducerRecord<>(TOPIC, "from-halcyon", upload)).get();
    }
  }

  private static void read(String bootstrap, EventDecoder<ImageUpload> decoder) {
    Map<String, ImageUpload> read = new TreeMap<>();
    try (KafkaConsumer<String, byte[]> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", bootstrap),
            new StringDeserializer(),
            new ByteArrayDeserializer())) {
      TopicPartition partition = new TopicPartition(TOPIC, 0);
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      long end = consumer.endOffsets(List.of(partition)).get(partition);
      while (consumer.position(partition) < end) {
        consumer
            .poll(Duration.ofSeconds(1))
            .forEach(
                record -> {
                  Decoded<ImageUpload> decoded = decoder.decode(TOPIC, record.value());
                  if (!(decoded instanceof Decoded.Value<ImageUpload> upload)) {
                    throw new AssertionError(record.key() + ": " + decoded);
                  }
                  read.put(record.key(), upload.value());
                });
      }
    }
    for (String author : List.of("community", "confluent")) {
      ImageUpload upload = read.get(author);
      if (upload == null
          || !upload.getImageId().equals(author)
          || !"https://example.com/cat.jpg".equals(upload.getUri())
          || upload.getBytes() != null
          || !upload.getUploadedAt().equals(Instant.parse("2026-01-01T12:00:00Z"))
          || !upload.getAttributes().equals(Map.of("album", "Ferien ☀"))) {
        throw new AssertionError(author + " was read as " + upload);
      }
    }
  }
}
