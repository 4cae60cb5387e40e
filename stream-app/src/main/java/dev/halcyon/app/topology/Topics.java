package dev.halcyon.app.topology;

import dev.halcyon.app.config.TopicsConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The topics as they have to be.
 *
 * @param all in the order of an image's path, then those of the label sets
 */
public record Topics(List<Topic> all) {
  // What an upload holds beside its bytes: the other fields and the record's own header.
  private static final long EVENT_OVERHEAD_BYTES = 1 << 16;
  private static final long MOST_LABEL_SET_BYTES = 8 << 20;

  /** What becomes of old records. */
  enum Cleanup {
    DELETE,
    COMPACT;

    @Override
    public String toString() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  /**
   * One topic.
   *
   * @param configs what a new topic is given, by Kafka's names, {@code cleanup.policy} included
   * @param promises those of the configs that the program's promises rest on
   */
  record Topic(
      String name,
      int partitions,
      int replicationFactor,
      Map<String, String> configs,
      List<Promise> promises) {
    Topic {
      configs = Map.copyOf(configs);
      promises = List.copyOf(promises);
    }
  }

  /**
   * A config that must hold, also on a topic somebody else has made.
   *
   * @param why what is lost otherwise
   */
  record Promise(String config, Rule rule, String why) {}

  /** How a promised config compares to the wanted value. */
  enum Rule {
    EQUAL,
    AT_LEAST
  }

  public Topics {
    all = List.copyOf(all);
  }

  /**
   * The topics of a configuration.
   *
   * @param maxImageBytes the largest encoded image that may come inside an upload
   */
  public static Topics of(TopicsConfig config, long maxImageBytes) {
    List<Topic> all = new ArrayList<>();
    all.add(
        kept(config, config.uploads(), config.uploadRetention())
            .with("max.message.bytes", Long.toString(maxImageBytes + EVENT_OVERHEAD_BYTES))
            .promising("max.message.bytes", Rule.AT_LEAST, "larger images cannot be uploaded")
            .promising("cleanup.policy", Rule.EQUAL, "compaction loses uploads of one image id")
            .topic());
    for (String name : List.of(config.tags(), config.alerts(), config.rejects())) {
      all.add(
          kept(config, name, config.eventRetention())
              .promising("cleanup.policy", Rule.EQUAL, "compaction loses events of one image id")
              .topic());
    }
    if (config.evidenceKept()) {
      all.add(
          kept(config, config.evidence(), config.evidenceRetention())
              .promising("cleanup.policy", Rule.EQUAL, "compaction loses evidence of one image id")
              .topic());
    }
    if (config.biasReported()) {
      all.add(
          new Draft(config, config.biasReports(), 1)
              .with("cleanup.policy", Cleanup.DELETE.toString())
              .with("retention.ms", Long.toString(config.eventRetention().toMillis()))
              .promising("cleanup.policy", Rule.EQUAL, "compaction loses earlier reports")
              .topic());
      all.add(
          // One partition: one task sums what all others have counted.
          new Draft(config, config.biasCounts(), 1)
              .with("cleanup.policy", Cleanup.DELETE.toString())
              .with("retention.ms", Long.toString(Duration.ofDays(2).toMillis()))
              .promising("cleanup.policy", Rule.EQUAL, "compaction loses counts")
              .topic());
    }
    all.add(
        compacted(config, config.labelConfig())
            .with("max.message.bytes", Long.toString(MOST_LABEL_SET_BYTES))
            .promising("cleanup.policy", Rule.EQUAL, "label sets in force would expire")
            .topic());
    all.add(
        new Draft(config, config.labelConfigHistory(), 1)
            .with("cleanup.policy", Cleanup.DELETE.toString())
            .with("retention.ms", "-1")
            .with("retention.bytes", "-1")
            .with("max.message.bytes", Long.toString(MOST_LABEL_SET_BYTES))
            .promising("cleanup.policy", Rule.EQUAL, "compaction loses earlier versions")
            .promising("retention.ms", Rule.EQUAL, "earlier versions would expire")
            .promising("retention.bytes", Rule.EQUAL, "earlier versions would expire")
            .topic());
    all.add(
        compacted(config, config.labelConfigStatus())
            .promising("cleanup.policy", Rule.EQUAL, "the state of quiet instances would expire")
            .topic());
    return new Topics(all);
  }

  /** The topic of evidence alone. */
  public static Topics evidenceOf(TopicsConfig config) {
    return new Topics(
        of(config, 0).all().stream()
            .filter(topic -> topic.name().equals(config.evidence()))
            .toList());
  }

  /** The topic of uploads alone. */
  public static Topics uploadsOf(TopicsConfig config, long maxImageBytes) {
    return new Topics(
        of(config, maxImageBytes).all().stream()
            .filter(topic -> topic.name().equals(config.uploads()))
            .toList());
  }

  private static Draft kept(TopicsConfig config, String name, Duration retention) {
    return new Draft(config, name, config.partitions())
        .with("cleanup.policy", Cleanup.DELETE.toString())
        .with("retention.ms", Long.toString(retention.toMillis()));
  }

  private static Draft compacted(TopicsConfig config, String name) {
    return new Draft(config, name, 1)
        .with("cleanup.policy", Cleanup.COMPACT.toString())
        // A reader starts at the beginning: keep what it must pass over short.
        .with("segment.ms", Long.toString(Duration.ofDays(1).toMillis()))
        .with("min.cleanable.dirty.ratio", "0.1");
  }

  private static final class Draft {
    private final String name;
    private final int partitions;
    private final int replicationFactor;
    private final Map<String, String> configs = new TreeMap<>();
    private final List<Promise> promises = new ArrayList<>();

    Draft(TopicsConfig config, String name, int partitions) {
      this.name = name;
      this.partitions = partitions;
      this.replicationFactor = config.replicationFactor();
      // One broker may fail without a record lost or a writer stopped, where there are three.
      with("min.insync.replicas", Integer.toString(Math.max(1, replicationFactor - 1)));
    }

    Draft with(String config, String value) {
      configs.put(config, value);
      return this;
    }

    Draft promising(String config, Rule rule, String why) {
      promises.add(new Promise(config, rule, why));
      return this;
    }

    Topic topic() {
      return new Topic(name, partitions, replicationFactor, configs, promises);
    }
  }
}
