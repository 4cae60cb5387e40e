package dev.halcyon.app.topology;

import dev.halcyon.app.config.ConfigException;
import dev.halcyon.app.config.Durations;
import dev.halcyon.app.config.KafkaConfig;
import dev.halcyon.app.topology.TopicFinding.State;
import dev.halcyon.app.topology.Topics.Promise;
import dev.halcyon.app.topology.Topics.Rule;
import dev.halcyon.app.topology.Topics.Topic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Creates the topics, and checks those that are there. For one thread. */
public final class TopicsAdmin implements AutoCloseable {
  /** How long the first answer may take: with a JVM's start before it, a person waits 15 s. */
  private static final Duration CONNECT_PATIENCE = Duration.ofSeconds(12);

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final Duration PAUSE = Duration.ofMillis(50);

  private final Admin admin;
  private final String bootstrapServers;
  private final int brokers;

  private TopicsAdmin(Admin admin, String bootstrapServers, int brokers) {
    this.admin = admin;
    this.bootstrapServers = bootstrapServers;
    this.brokers = brokers;
  }

  /**
   * Connects and waits for an answer, 12 s at most.
   *
   * @throws ConfigException where no broker answers or it refuses; names the address
   */
  public static TopicsAdmin connect(KafkaConfig kafka) {
    return connect(kafka, CONNECT_PATIENCE);
  }

  static TopicsAdmin connect(KafkaConfig kafka, Duration patience) {
    Map<String, Object> properties = new HashMap<>(kafka.clientProperties());
    int millis = Math.toIntExact(PATIENCE.toMillis());
    properties.put("default.api.timeout.ms", millis);
    properties.put("request.timeout.ms", millis);
    String servers = kafka.bootstrapServers();
    Admin admin;
    try {
      admin = Admin.create(properties);
    } catch (KafkaException e) {
      throw new ConfigException(
          "kafka.bootstrapServers "
              + servers
              + " cannot be used: "
              + Optional.ofNullable(e.getCause()).orElse(e).getMessage());
    }
    try {
      int brokers = await(admin.describeCluster().nodes(), servers, patience).size();
      return new TopicsAdmin(admin, servers, brokers);
    } catch (RuntimeException e) {
      admin.close(Duration.ZERO);
      throw e;
    }
  }

  /**
   * Creates the topics that are missing, waits until clients can see them, and checks the others.
   *
   * @return one finding a topic, in their order
   * @throws ConfigException where there are fewer brokers than copies wanted, or it is not allowed
   */
  public List<TopicFinding> create(Topics topics) {
    List<TopicFinding> before = check(topics);
    List<NewTopic> missing = new ArrayList<>();
    for (int i = 0; i < before.size(); i++) {
      if (before.get(i).state() == State.MISSING) {
        missing.add(newTopic(topics.all().get(i)));
      }
    }
    Set<String> created = new HashSet<>();
    admin
        .createTopics(missing)
        .values()
        .forEach(
            (name, creation) -> {
              try {
                await(creation);
                created.add(name);
              } catch (TopicExistsException e) {
                // Somebody else was faster; what they made is checked below.
              }
            });
    List<TopicFinding> after = missing.isEmpty() ? before : whenVisible(topics);
    awaitLeaders(missing);
    return after.stream()
        .map(
            finding ->
                created.contains(finding.topic())
                    ? new TopicFinding(finding.topic(), State.CREATED, List.of())
                    : finding)
        .toList();
  }

  /** The controller answers before the brokers know of a new topic; clients ask the brokers. */
  private List<TopicFinding> whenVisible(Topics topics) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    List<TopicFinding> findings = check(topics);
    while (findings.stream().anyMatch(finding -> finding.state() == State.MISSING)
        && System.nanoTime() < deadline) {
      try {
        TimeUnit.NANOSECONDS.sleep(PAUSE.toNanos());
      } catch (InterruptedException e) {
        throw new InterruptException(e);
      }
      findings = check(topics);
    }
    return findings;
  }

  /**
   * Waits until every partition's leader takes requests. A new topic is in the metadata a moment
   * sooner; a producer that writes in that moment may get its first batch refused and its second
   * taken, and then waits two minutes for an order that cannot come.
   */
  private void awaitLeaders(List<NewTopic> topics) {
    Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
    for (NewTopic topic : topics) {
      for (int partition = 0; partition < topic.numPartitions(); partition++) {
        latest.put(new TopicPartition(topic.name(), partition), OffsetSpec.latest());
      }
    }
    await(admin.listOffsets(latest).all());
  }

  /**
   * Compares the topics that are there with what they have to be.
   *
   * @return one finding a topic, in their order
   */
  public List<TopicFinding> check(Topics topics) {
    List<String> names = topics.all().stream().map(Topic::name).toList();
    Map<String, TopicDescription> descriptions = new HashMap<>();
    admin
        .describeTopics(names)
        .topicNameValues()
        .forEach(
            (name, description) -> {
              try {
                descriptions.put(name, await(description));
              } catch (UnknownTopicOrPartitionException e) {
                // It is missing, which is a finding.
              }
            });
    Map<ConfigResource, Config> configs =
        descriptions.isEmpty()
            ? Map.of()
            : await(
                admin
                    .describeConfigs(
                        descriptions.keySet().stream().map(TopicsAdmin::resource).toList())
                    .all());
    return topics.all().stream()
        .map(
            topic ->
                descriptions.containsKey(topic.name())
                    ? finding(
                        topic, descriptions.get(topic.name()), configs.get(resource(topic.name())))
                    : new TopicFinding(
                        topic.name(),
                        State.MISSING,
                        List.of("it does not exist; run halcyon topics create")))
        .toList();
  }

  @Override
  public void close() {
    admin.close(Duration.ofSeconds(5));
  }

  private NewTopic newTopic(Topic topic) {
    if (topic.replicationFactor() > brokers) {
      throw new ConfigException(
          "topics.replicationFactor "
              + topic.replicationFactor()
              + " is more than the brokers at "
              + bootstrapServers
              + ", which are "
              + brokers
              + "; set it to "
              + brokers
              + (brokers == 1 ? "" : " or fewer"));
    }
    return new NewTopic(topic.name(), topic.partitions(), (short) topic.replicationFactor())
        .configs(topic.configs());
  }

  private TopicFinding finding(Topic wanted, TopicDescription there, Config configs) {
    List<String> wrong = new ArrayList<>();
    for (Promise promise : wanted.promises()) {
      String value =
          Optional.ofNullable(configs.get(promise.config())).map(ConfigEntry::value).orElse("");
      String needed = wanted.configs().get(promise.config());
      if (!holds(promise.rule(), value, needed)) {
        wrong.add(
            promise.config()
                + " is "
                + value
                + ", so that "
                + promise.why()
                + "; run kafka-configs.sh --bootstrap-server "
                + bootstrapServers
                + " --alter --entity-type topics --entity-name "
                + wanted.name()
                + " --add-config "
                + promise.config()
                + "="
                + needed);
      }
    }
    List<String> differs = new ArrayList<>();
    int partitions = there.partitions().size();
    if (partitions != wanted.partitions()) {
      differs.add("it has " + partitions + " partitions; a new one gets " + wanted.partitions());
    }
    int copies = there.partitions().get(0).replicas().size();
    if (copies < wanted.replicationFactor()) {
      differs.add("it has " + copies + " copies; a new one gets " + wanted.replicationFactor());
    }
    for (String key : List.of("retention.ms", "min.insync.replicas")) {
      String needed = wanted.configs().get(key);
      ConfigEntry entry = configs.get(key);
      if (needed != null
          && entry != null
          && !needed.equals(entry.value())
          && wanted.promises().stream().noneMatch(promise -> promise.config().equals(key))) {
        differs.add(key + " is " + entry.value() + "; a new one gets " + needed);
      }
    }
    List<String> problems = new ArrayList<>(wrong);
    problems.addAll(differs);
    return new TopicFinding(
        wanted.name(),
        !wrong.isEmpty() ? State.WRONG : !differs.isEmpty() ? State.DIFFERS : State.OK,
        problems);
  }

  private static boolean holds(Rule rule, String value, String needed) {
    return switch (rule) {
      case EQUAL -> value.equals(needed);
      case AT_LEAST -> !value.isEmpty() && Long.parseLong(value) >= Long.parseLong(needed);
    };
  }

  private static ConfigResource resource(String topic) {
    return new ConfigResource(ConfigResource.Type.TOPIC, topic);
  }

  private <T> T await(KafkaFuture<T> future) {
    return await(future, bootstrapServers, PATIENCE);
  }

  private static <T> T await(KafkaFuture<T> future, String servers, Duration patience) {
    try {
      return future.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (java.util.concurrent.TimeoutException e) {
      throw silent(servers, patience);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof TimeoutException) {
        throw silent(servers, patience);
      }
      if (e.getCause() instanceof AuthenticationException refused) {
        throw new ConfigException(
            "kafka.bootstrapServers "
                + servers
                + " refuses the credentials: "
                + refused.getMessage()
                + "; check the security settings in kafka.properties");
      }
      if (e.getCause() instanceof AuthorizationException refused) {
        throw new ConfigException(
            "kafka.bootstrapServers "
                + servers
                + " does not allow it: "
                + refused.getMessage()
                + "; the account needs Create, Describe and DescribeConfigs on the topics");
      }
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new KafkaException(e.getCause());
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    }
  }

  private static ConfigException silent(String servers, Duration patience) {
    return new ConfigException(
        "kafka.bootstrapServers "
            + servers
            + " does not answer within "
            + Durations.format(patience)
            + "; check the address and that the broker is up");
  }
}
