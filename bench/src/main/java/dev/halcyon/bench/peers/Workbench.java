package dev.halcyon.bench.peers;

import dev.halcyon.app.broker.EmbeddedBroker;
import dev.halcyon.events.ImageUpload;
import dev.halcyon.events.wire.EmbeddedRegistry;
import dev.halcyon.events.wire.EventSerdes;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.serialization.Serializer;

/**
 * What all peers share: broker, registry, model, prompts, threads, batch size.
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
      admin.listOffsets(latest).all().get();
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof TopicExistsException)) {
        throw new IllegalStateException("topics cannot be created", e);
      }
    }
  }
}
