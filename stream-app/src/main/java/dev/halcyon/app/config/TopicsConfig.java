package dev.halcyon.app.config;

import java.time.Duration;
import java.util.List;
import java.util.TreeSet;

/** Names of the topics, and how {@code halcyon topics create} makes them. */
public record TopicsConfig(
    @Setting("Uploads come in here.") String uploads,
    @Setting("Tag events go out here, one an upload.") String tags,
    @Setting("Alert events go out here.") String alerts,
    @Setting("Reject events go out here.") String rejects,
    @Setting("Evidence goes out here, for previews and re-decisions.") String evidence,
    @Setting("Whether evidence is kept; without it no history can be decided again.")
        boolean evidenceKept,
    @Setting("Label sets in force; compacted.") String labelConfig,
    @Setting("Every version of every label set; kept for ever.") String labelConfigHistory,
    @Setting("How each instance stands to each label set; compacted.") String labelConfigStatus,
    @Setting("Rates by label and surface, and by group of canary pictures, go out here.")
        String biasReports,
    @Setting("What the tasks have counted, on its way to be summed; the program's own.")
        String biasCounts,
    @Setting("Whether rates are counted and canary pictures taken; the same on every instance.")
        boolean biasReported,
    @Setting("Partitions of a new topic of uploads or events; the most instances times threads.")
        int partitions,
    @Setting("Copies of a new topic, at most the number of brokers.") int replicationFactor,
    @Setting("How long a new topic keeps uploads; longer than any outage to be survived.")
        Duration uploadRetention,
    @Setting("How long a new topic keeps tags, alerts and rejects.") Duration eventRetention,
    @Setting("How long a new topic keeps evidence: how far back previews can look.")
        Duration evidenceRetention) {
  public TopicsConfig {
    List<String> names =
        List.of(
            uploads,
            tags,
            alerts,
            rejects,
            evidence,
            labelConfig,
            labelConfigHistory,
            labelConfigStatus,
            biasReports,
            biasCounts);
    for (String name : names) {
      if (!name.matches("[a-zA-Z0-9._-]{1,249}")) {
        throw new ConfigException(
            "\"" + name + "\" is no topic name; use at most 249 of a-z A-Z 0-9 . _ -");
      }
    }
    if (new TreeSet<>(names).size() < names.size()) {
      throw new ConfigException("two topics have the same name; each needs its own: " + names);
    }
    if (partitions < 1) {
      throw new ConfigException("partitions " + partitions + " is below 1");
    }
    if (replicationFactor < 1) {
      throw new ConfigException("replicationFactor " + replicationFactor + " is below 1");
    }
    Positive.require("uploadRetention", uploadRetention);
    Positive.require("eventRetention", eventRetention);
    Positive.require("evidenceRetention", evidenceRetention);
  }

  /** The same with evidence going to another topic. */
  public TopicsConfig withEvidence(String topic) {
    return new TopicsConfig(
        uploads,
        tags,
        alerts,
        rejects,
        topic,
        true,
        labelConfig,
        labelConfigHistory,
        labelConfigStatus,
        biasReports,
        biasCounts,
        biasReported,
        partitions,
        replicationFactor,
        uploadRetention,
        eventRetention,
        evidenceRetention);
  }

  public static TopicsConfig defaults() {
    return new TopicsConfig(
        "image-uploads",
        "image-tags",
        "image-alerts",
        "image-rejects",
        "image-evidence",
        true,
        "label-config",
        "label-config-history",
        "label-config-status",
        "bias-report",
        "bias-counts",
        true,
        12,
        3,
        Duration.ofDays(7),
        Duration.ofDays(30),
        Duration.ofDays(30));
  }
}
