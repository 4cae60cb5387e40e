package dev.halcyon.app.commands;

import dev.halcyon.app.config.AppConfig;
import dev.halcyon.events.ImageUpload;
import dev.halcyon.events.wire.EventSerdes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

/** Publishes image files to the upload topic, their bytes inside. */
final class UploadProducer implements AutoCloseable {
  private final KafkaProducer<String, ImageUpload> producer;
  private final String topic;

  UploadProducer(AppConfig config, EventSerdes serdes) {
    Map<String, Object> properties = config.kafka().clientProperties();
    properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    properties.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, config.images().maxBytes() + 65_536);
    producer =
        new KafkaProducer<>(
            properties, new StringSerializer(), serdes.values(ImageUpload.class).serializer());
    topic = config.topics().uploads();
  }

  /**
   * Publishes one file.
   *
   * @return completes once the broker has it
   * @throws BadInputException if the file cannot be read
   */
  CompletableFuture<Void> publish(String imageId, Path file, Optional<String> surface) {
    return publish(imageId, file, surface, Map.of());
  }

  /**
   * Publishes one file with attributes beside its name.
   *
   * @return completes once the broker has it
   * @throws BadInputException if the file cannot be read
   */
  CompletableFuture<Void> publish(
      String imageId, Path file, Optional<String> surface, Map<String, String> attributes) {
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(file);
    } catch (IOException e) {
      throw new BadInputException(file + ": cannot be read: " + e.getMessage());
    }
    Map<String, String> named = new HashMap<>(attributes);
    named.put("file", file.getFileName().toString());
    ImageUpload upload =
        ImageUpload.newBuilder()
            .setImageId(imageId)
            .setBytes(ByteBuffer.wrap(bytes))
            .setUploadedAt(Instant.now())
            .setSurface(surface.orElse(null))
            .setAttributes(named)
            .build();
    CompletableFuture<Void> sent = new CompletableFuture<>();
    producer.send(
        new ProducerRecord<>(topic, imageId, upload),
        (metadata, exception) -> {
          if (exception == null) {
            sent.complete(null);
          } else {
            sent.completeExceptionally(exception);
          }
        });
    return sent;
  }

  @Override
  public void close() {
    producer.close();
  }
}
