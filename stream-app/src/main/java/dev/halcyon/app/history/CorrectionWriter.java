package dev.halcyon.app.history;

import dev.halcyon.events.AlertEvent;
import dev.halcyon.events.TagEvent;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Writes corrections, the events of an image always in one transaction. A run that was cut off is
 * begun again: what it committed is found to be right already. Safe for use by any thread.
 */
public final class CorrectionWriter implements Corrections {
  private final KafkaProducer<String, byte[]> producer;
  private final Settings settings;
  private final Serializer<TagEvent> tags;
  private final Serializer<AlertEvent> alerts;

  /**
   * Where to write.
   *
   * @param client how to reach Kafka, as for a plain client
   * @param tags topic of tag events
   * @param alerts topic of alert events
   * @param labelSet name of the set that decides again; two writers of one set fence each other
   * @param patience how long Kafka may take
   */
  public record Settings(
      Map<String, Object> client, String tags, String alerts, String labelSet, Duration patience) {
    public Settings {
      client = Map.copyOf(client);
    }
  }

  /**
   * Opens the writer, and ends any other of the same label set.
   *
   * @throws HistoryException if Kafka does not answer
   */
  public CorrectionWriter(
      Settings settings, Serializer<TagEvent> tags, Serializer<AlertEvent> alerts) {
    this.settings = settings;
    this.tags = tags;
    this.alerts = alerts;
    Map<String, Object> properties = new HashMap<>(settings.client());
    properties.put("transactional.id", "halcyon-redecide-" + settings.labelSet());
    properties.put("max.block.ms", settings.patience().toMillis());
    properties.put("linger.ms", 5);
    properties.remove("enable.idempotence");
    properties.remove("acks");
    this.producer =
        new KafkaProducer<>(properties, new StringSerializer(), new ByteArraySerializer());
    try {
      producer.initTransactions();
    } catch (KafkaException e) {
      producer.close(Duration.ZERO);
      throw new HistoryException("no transaction can be begun: " + e.getMessage(), e);
    }
  }

  @Override
  public synchronized void take(List<Corrected> corrections) {
    try {
      producer.beginTransaction();
      for (Corrected corrected : corrections) {
        String imageId = corrected.tags().getImageId();
        producer.send(
            new ProducerRecord<>(
                settings.tags(), imageId, tags.serialize(settings.tags(), corrected.tags())));
        for (AlertEvent alert : corrected.alerts()) {
          producer.send(
              new ProducerRecord<>(
                  settings.alerts(), imageId, alerts.serialize(settings.alerts(), alert)));
        }
      }
      producer.commitTransaction();
    } catch (ProducerFencedException e) {
      throw new HistoryException(
          "another redecide of label set "
              + settings.labelSet()
              + " has taken over; let it end, then run this again: it writes only what is still"
              + " missing",
          e);
    } catch (KafkaException e) {
      throw new HistoryException(
          "corrections cannot be written: "
              + e.getMessage()
              + "; run this again: it writes only what is still missing",
          e);
    }
  }

  @Override
  public void close() {
    producer.close(settings.patience());
  }
}
