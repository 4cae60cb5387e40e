package dev.halcyon.app.config;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How the program speaks to Kafka.
 *
 * @param bootstrapServers addresses of brokers
 * @param applicationId identity of the application: group, internal topics, transactions
 * @param guarantee what may become of an outcome when a process is killed
 * @param groupProtocol how the instances share the partitions
 * @param streamThreads stream threads of this instance
 * @param commitInterval how often outcomes are committed
 * @param poll how long a stream thread waits for new uploads
 * @param transactionTimeout after which the broker aborts the transaction of a dead instance
 * @param maxPollInterval after which an instance that does not poll loses its partitions
 * @param sessionTimeout after which an instance that is not heard loses its partitions
 * @param heartbeatInterval how often an instance lets itself be heard
 * @param standbyReplicas copies of each window that other instances keep ready
 * @param bufferedUploads uploads of a partition held ready for its window
 * @param properties further client properties
 */
public record KafkaConfig(
    @Setting("Addresses of brokers, host:port, comma-separated.") String bootstrapServers,
    @Setting(
            "Identity of the application: its consumer group, internal topics and transactions."
                + " Instances that share it share the work.")
        String applicationId,
    @Setting(
            "exactly_once_v2: each upload has its outcome once. at_least_once: after a crash"
                + " perhaps twice and out of order.")
        Guarantee guarantee,
    @Setting("classic, or streams where every broker is 4.2 or later.") GroupProtocol groupProtocol,
    @Setting("Stream threads of this instance, 1 to 1024. They share one engine; 2 keep it busy.")
        int streamThreads,
    @Setting(
            "How often outcomes are committed, 10ms to 1m; readers of committed records see them"
                + " after at most as long, and sooner when no upload is pending. Exactly once, while"
                + " uploads wait for room in a full window, every second where that is longer.")
        Duration commitInterval,
    @Setting(
            "How long a stream thread waits for new uploads before it looks at finished ones. Under"
                + " the classic protocol a finished one ends the wait.")
        Duration poll,
    @Setting(
            "After which time the broker aborts the transaction a dead instance left open: for so"
                + " long its partitions may stand still. Exactly once only.")
        Duration transactionTimeout,
    @Setting("After which time an instance that does not poll loses its partitions.")
        Duration maxPollInterval,
    @Setting("After which time an instance that is not heard loses its partitions.")
        Duration sessionTimeout,
    @Setting("How often an instance lets itself be heard, at most a third of sessionTimeout.")
        Duration heartbeatInterval,
    @Setting("Copies of each window that other instances keep ready to take over, 0 to 8.")
        int standbyReplicas,
    @Setting(
            "Uploads of a partition held ready for its window, 1 to 100000. With images inside the"
                + " uploads these bytes count too.")
        int bufferedUploads,
    @Setting(
            "Further properties of Kafka's clients by Kafka's own names, such as security.protocol"
                + " or replication.factor; prefixes consumer., producer., admin. and topic. as in"
                + " Kafka Streams.")
        Map<String, String> properties) {
  private static final Map<String, String> OWN_SETTING =
      Map.ofEntries(
          Map.entry("bootstrap.servers", "bootstrapServers"),
          Map.entry("application.id", "applicationId"),
          Map.entry("group.id", "applicationId"),
          Map.entry("processing.guarantee", "guarantee"),
          Map.entry("group.protocol", "groupProtocol"),
          Map.entry("num.stream.threads", "streamThreads"),
          Map.entry("commit.interval.ms", "commitInterval"),
          Map.entry("poll.ms", "poll"),
          Map.entry("transaction.timeout.ms", "transactionTimeout"),
          Map.entry("max.poll.interval.ms", "maxPollInterval"),
          Map.entry("session.timeout.ms", "sessionTimeout"),
          Map.entry("heartbeat.interval.ms", "heartbeatInterval"),
          Map.entry("num.standby.replicas", "standbyReplicas"),
          Map.entry("buffered.records.per.partition", "bufferedUploads"),
          Map.entry("max.poll.records", "bufferedUploads"));
  private static final List<String> FIXED =
      List.of(
          "processing.exception.handler",
          "ensure.explicit.internal.resource.naming",
          "statestore.cache.max.bytes",
          "isolation.level",
          "enable.auto.commit",
          "auto.offset.reset");

  /** Time between commits of a stream that has fallen behind. */
  private static final Duration BEHIND = Duration.ofSeconds(1);

  private static final List<String> PREFIXES =
      List.of("main.consumer.", "restore.consumer.", "consumer.", "producer.", "admin.");

  public KafkaConfig {
    properties = Map.copyOf(properties);
    require("bootstrapServers", bootstrapServers);
    require("applicationId", applicationId);
    if (!applicationId.matches("[a-zA-Z0-9._-]{1,200}")) {
      throw new ConfigException(
          "applicationId \""
              + applicationId
              + "\" becomes part of topic names; use at most 200 of a-z A-Z 0-9 . _ -");
    }
    range("streamThreads", streamThreads, 1, 1024);
    range("standbyReplicas", standbyReplicas, 0, 8);
    range("bufferedUploads", bufferedUploads, 1, 100_000);
    Positive.require("poll", poll);
    Positive.require("transactionTimeout", transactionTimeout);
    Positive.require("maxPollInterval", maxPollInterval);
    Positive.require("sessionTimeout", sessionTimeout);
    Positive.require("heartbeatInterval", heartbeatInterval);
    if (commitInterval.compareTo(Duration.ofMillis(10)) < 0
        || commitInterval.compareTo(Duration.ofMinutes(1)) > 0) {
      throw new ConfigException(
          "commitInterval " + Durations.format(commitInterval) + " is outside 10ms to 1m");
    }
    if (poll.compareTo(commitInterval) > 0) {
      throw new ConfigException(
          "poll "
              + Durations.format(poll)
              + " is above commitInterval "
              + Durations.format(commitInterval)
              + "; lower poll");
    }
    if (guarantee == Guarantee.EXACTLY_ONCE_V2
        && longest(commitInterval).multipliedBy(2).compareTo(transactionTimeout) > 0) {
      throw new ConfigException(
          "transactionTimeout "
              + Durations.format(transactionTimeout)
              + " is not twice the time between commits, "
              + Durations.format(longest(commitInterval))
              + "; raise transactionTimeout");
    }
    if (heartbeatInterval.multipliedBy(3).compareTo(sessionTimeout) > 0) {
      throw new ConfigException(
          "heartbeatInterval "
              + Durations.format(heartbeatInterval)
              + " is more than a third of sessionTimeout "
              + Durations.format(sessionTimeout)
              + "; lower heartbeatInterval or raise sessionTimeout");
    }
    properties.keySet().forEach(KafkaConfig::refuse);
  }

  /**
   * The longest time between commits: exactly once, {@link #commitInterval} is stretched to a
   * second while uploads wait for room in a full window.
   */
  public Duration longestCommitInterval() {
    return guarantee == Guarantee.EXACTLY_ONCE_V2 ? longest(commitInterval) : commitInterval;
  }

  private static Duration longest(Duration commitInterval) {
    return commitInterval.compareTo(BEHIND) < 0 ? BEHIND : commitInterval;
  }

  /** The same as another application. */
  public KafkaConfig withApplicationId(String other) {
    return new KafkaConfig(
        bootstrapServers,
        other,
        guarantee,
        groupProtocol,
        streamThreads,
        commitInterval,
        poll,
        transactionTimeout,
        maxPollInterval,
        sessionTimeout,
        heartbeatInterval,
        standbyReplicas,
        bufferedUploads,
        properties);
  }

  public static KafkaConfig defaults() {
    return new KafkaConfig(
        "localhost:9092",
        "halcyon",
        Guarantee.EXACTLY_ONCE_V2,
        GroupProtocol.CLASSIC,
        2,
        Duration.ofMillis(200),
        Duration.ofMillis(10),
        Duration.ofSeconds(10),
        Duration.ofMinutes(5),
        Duration.ofSeconds(15),
        Duration.ofSeconds(3),
        0,
        100,
        Map.of());
  }

  /**
   * Properties of a plain client that is no part of the stream: addresses and the properties
   * without a prefix.
   */
  public Map<String, Object> clientProperties() {
    Map<String, Object> plain = new TreeMap<>();
    properties.forEach(
        (key, value) -> {
          if (!key.startsWith("topic.") && PREFIXES.stream().noneMatch(key::startsWith)) {
            plain.put(key, value);
          }
        });
    plain.put("bootstrap.servers", bootstrapServers);
    return plain;
  }

  private static void refuse(String key) {
    String bare =
        PREFIXES.stream()
            .filter(key::startsWith)
            .findFirst()
            .map(prefix -> key.substring(prefix.length()))
            .orElse(key);
    if (OWN_SETTING.containsKey(bare)) {
      throw new ConfigException(
          "properties: " + key + " has a setting of its own, kafka." + OWN_SETTING.get(bare));
    }
    if (FIXED.contains(bare) || bare.startsWith("__")) {
      throw new ConfigException(
          "properties: " + key + " is not for configuring: what is promised rests on it");
    }
  }

  private static void require(String setting, String value) {
    if (value.isBlank()) {
      throw new ConfigException(setting + " is empty");
    }
  }

  private static void range(String setting, int value, int least, int most) {
    if (value < least || value > most) {
      throw new ConfigException(setting + " " + value + " is outside " + least + " to " + most);
    }
  }
}
