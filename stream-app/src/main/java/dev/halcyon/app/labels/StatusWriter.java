package dev.halcyon.app.labels;

import dev.halcyon.clip.ModelIdentity;
import dev.halcyon.events.LabelSetState;
import dev.halcyon.events.LabelSetStatus;
import dev.halcyon.events.ModelRef;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says on label-config-status how this instance stands to each label set. What cannot be said is
 * logged and never holds up a label set. Used by the feed's thread.
 */
final class StatusWriter implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StatusWriter.class);
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final String topic;
  private final String instanceId;
  private final ModelRef model;
  private final Serializer<LabelSetStatus> serializer;
  private final Clock clock;
  private final KafkaProducer<String, byte[]> producer;
  private final Set<String> reported = new TreeSet<>();

  StatusWriter(
      Map<String, Object> client,
      String topic,
      String instanceId,
      ModelIdentity model,
      Serializer<LabelSetStatus> serializer,
      Clock clock) {
    this.topic = topic;
    this.instanceId = instanceId;
    this.model = new ModelRef(model.id(), model.hash(), model.preprocessingId());
    this.serializer = serializer;
    this.clock = clock;
    Map<String, Object> properties = new HashMap<>(client);
    properties.put("acks", "all");
    properties.put("max.block.ms", PATIENCE.toMillis());
    this.producer =
        new KafkaProducer<>(properties, new StringSerializer(), new ByteArraySerializer());
  }

  /**
   * Says how the instance stands to a version.
   *
   * @param version 0 where it could not be read so far
   * @param activeVersion the version in force after the event
   */
  void report(
      String name,
      int version,
      Optional<String> contentHash,
      LabelSetState state,
      List<String> problems,
      Optional<Integer> activeVersion) {
    reported.add(name);
    LabelSetStatus status =
        LabelSetStatus.newBuilder()
            .setName(name)
            .setVersion(version)
            .setContentHash(contentHash.orElse(null))
            .setInstanceId(instanceId)
            .setState(state)
            .setProblems(problems)
            .setActiveVersion(activeVersion.orElse(null))
            .setModel(model)
            .setAt(clock.instant())
            .build();
    try {
      send(name, serializer.serialize(topic, status));
    } catch (RuntimeException e) {
      LOG.warn("Label set {}: {} could not be reported on {}", name, state, topic, e);
    }
  }

  /** Takes back what was said: an instance that is gone holds up no fleet. */
  @Override
  public void close() {
    try {
      reported.forEach(name -> send(name, null));
    } catch (RuntimeException e) {
      LOG.warn("The statuses of {} on {} stay behind", instanceId, topic, e);
    }
    producer.close(PATIENCE);
  }

  private void send(String name, byte[] value) {
    producer.send(
        new ProducerRecord<>(topic, name + "/" + instanceId, value),
        (metadata, failure) -> {
          if (failure != null) {
            LOG.warn("The status of label set {} was not taken by {}", name, topic, failure);
          }
        });
  }
}
