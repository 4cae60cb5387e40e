package dev.halcyon.bench.peers;

import dev.halcyon.app.broker.EmbeddedBroker;
import dev.halcyon.events.ImageUpload;
import dev.halcyon.events.wire.EmbeddedRegistry;
import dev.halcyon.events.wire.EventSerdes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.Serializer;

/**
 * What all peers share: broker, registry, model, prompts, threads, batch size. The prompts are
 * embedded once, for all: only pictures are measured.
 *
 * @param home where the program is installed
 * @param folder for configurations and logs
 * @param model folder of the model
 * @param logitScale the model's
 * @param runtime version of ONNX Runtime on the Java side
 * @param prompts what pictures are held against
 * @param threads processor threads of a peer
 * @param batch most pictures in a batch
 */
record Workbench(
    EmbeddedBroker broker,
    EmbeddedRegistry registry,
    EventSerdes serdes,
    Serializer<ImageUpload> serializer,
    Path home,
    Path folder,
    Path model,
    float logitScale,
    String runtime,
    List<String> prompts,
    int threads,
    int batch) {
  static final int PARTITIONS = 4;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** The prompts' embeddings: single-precision numbers, the most significant byte first. */
  Path texts() {
    return folder.resolve("texts.bin");
  }

  void writeTexts(float[][] embeddings) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(embeddings.length * embeddings[0].length * Float.BYTES);
    for (float[] row : embeddings) {
      for (float value : row) {
        bytes.putFloat(value);
      }
    }
    Files.write(texts(), bytes.array());
  }

  /** Starts a class of this program in a process of its own; its arguments are to be added. */
  static List<String> java(Class<?> main, String... options) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx2g", "-Djava.awt.headless=true"));
    command.addAll(List.of(options));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    return command;
  }

  /** Things a picture may show, more than a handful, so that scoring costs what it does. */
  static List<String> somePrompts() {
    return List.of(
        "a photo of a cat",
        "a photo of a dog",
        "a photo of a horse",
        "a photo of a bird",
        "a photo of a car",
        "a photo of a bus",
        "a photo of a train",
        "a photo of a boat",
        "a photo of a person",
        "a photo of a crowd",
        "a photo of food",
        "a photo of a drink",
        "a photo of a flower",
        "a photo of a tree",
        "a photo of a mountain",
        "a photo of a beach",
        "a photo of a street",
        "a photo of a building",
        "a photo of a gun",
        "a photo of a knife");
  }

  void createTopics(String... names) throws InterruptedException {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
      List<NewTopic> topics =
          IntStream.range(0, names.length)
              .mapToObj(
                  i ->
                      new NewTopic(names[i], PARTITIONS, (short) 1)
                          .configs(Map.of("max.message.bytes", Integer.toString(33 << 20))))
              .toList();
      admin.createTopics(topics).all().get();
      // A producer that writes before a new topic's leaders answer may wait for minutes.
      Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
      for (String name : names) {
        for (int partition = 0; partition < PARTITIONS; partition++) {
          latest.put(new TopicPartition(name, partition), OffsetSpec.latest());
        }
      }
      long until = System.nanoTime() + PATIENCE.toNanos();
      while (!haveLeaders(admin, latest)) {
        if (System.nanoTime() > until) {
          throw new IllegalStateException(String.join(", ", names) + " have no leaders");
        }
        Thread.sleep(20);
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException("topics cannot be created", e);
    }
  }

  private static boolean haveLeaders(Admin admin, Map<TopicPartition, OffsetSpec> latest)
      throws ExecutionException, InterruptedException {
    try {
      admin.listOffsets(latest).all().get();
      return true;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof UnknownTopicOrPartitionException) {
        return false;
      }
      throw e;
    }
  }
}
