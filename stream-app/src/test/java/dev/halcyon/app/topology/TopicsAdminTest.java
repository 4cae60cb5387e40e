package dev.halcyon.app.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.halcyon.app.broker.KafkaClients;
import dev.halcyon.app.broker.SharedBroker;
import dev.halcyon.app.config.ConfigException;
import dev.halcyon.app.config.KafkaConfig;
import dev.halcyon.app.config.TopicsConfig;
import dev.halcyon.app.topology.TopicFinding.State;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Test;

final class TopicsAdminTest {
  private static final long MOST_IMAGE_BYTES = 20L << 20;

  private final KafkaClients clients = new KafkaClients(SharedBroker.bootstrapServers());

  @Test
  void createMakesEveryTopicOnceAndCheckFindsThemWell() throws Exception {
    TopicsConfig made = config("create", 1);
    Topics topics = topics(made);
    try (TopicsAdmin admin = connect()) {
      assertThat(states(admin.check(topics))).hasSize(10).containsOnly(State.MISSING);
      assertThat(states(admin.create(topics))).containsOnly(State.CREATED);
      assertThat(states(admin.create(topics))).containsOnly(State.OK);
      assertThat(states(admin.check(topics))).containsOnly(State.OK);
    }
    assertThat(config(made.labelConfigHistory(), "cleanup.policy")).isEqualTo("delete");
    assertThat(config(made.labelConfigHistory(), "retention.ms")).isEqualTo("-1");
    assertThat(config(made.labelConfig(), "cleanup.policy")).isEqualTo("compact");
    assertThat(config(made.uploads(), "max.message.bytes"))
        .isEqualTo(Long.toString(MOST_IMAGE_BYTES + 65_536));
  }

  @Test
  void aTopicThatBreaksAPromiseIsWrongAndNamesTheRemedy() {
    TopicsConfig config = config("wrong", 1);
    clients.createTopic(config.labelConfig(), 1, Map.of("cleanup.policy", "delete"));
    clients.createTopic(config.labelConfigHistory(), 1, Map.of());
    clients.createTopic(config.uploads(), 3, Map.of());
    clients.createTopic(config.tags(), 1, Map.of("retention.ms", "1000"));
    try (TopicsAdmin admin = connect()) {
      List<TopicFinding> findings = admin.create(topics(config));

      assertThat(find(findings, config.labelConfig()))
          .satisfies(finding -> assertThat(finding.state()).isEqualTo(State.WRONG))
          .satisfies(
              finding ->
                  assertThat(finding.problems().get(0))
                      .contains("cleanup.policy is delete")
                      .contains("label sets in force would expire")
                      .contains(
                          "--entity-name "
                              + config.labelConfig()
                              + " --add-config cleanup.policy=compact"));
      assertThat(find(findings, config.labelConfigHistory()).problems())
          .anyMatch(problem -> problem.contains("retention.ms=-1"));
      assertThat(find(findings, config.uploads()))
          .satisfies(finding -> assertThat(finding.state()).isEqualTo(State.WRONG))
          .satisfies(
              finding ->
                  assertThat(finding.problems())
                      .anyMatch(problem -> problem.contains("larger images cannot be uploaded"))
                      .anyMatch(problem -> problem.contains("3 partitions")));
      assertThat(find(findings, config.tags()))
          .satisfies(finding -> assertThat(finding.state()).isEqualTo(State.DIFFERS))
          .satisfies(
              finding -> assertThat(finding.problems()).anyMatch(p -> p.contains("retention.ms")));
      assertThat(find(findings, config.rejects()).state()).isEqualTo(State.CREATED);
    }
  }

  @Test
  void moreCopiesThanBrokersAreRefusedBeforeAnythingIsMade() {
    Topics topics = topics(config("copies", 3));
    try (TopicsAdmin admin = connect()) {
      assertThatThrownBy(() -> admin.create(topics))
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining("topics.replicationFactor 3")
          .hasMessageContaining("set it to 1");
      assertThat(states(admin.check(topics))).containsOnly(State.MISSING);
    }
  }

  @Test
  void withoutEvidenceThereIsNoTopicForIt() {
    TopicsConfig all = config("evidence", 1);
    TopicsConfig without =
        new TopicsConfig(
            all.uploads(),
            all.tags(),
            all.alerts(),
            all.rejects(),
            all.evidence(),
            false,
            all.labelConfig(),
            all.labelConfigHistory(),
            all.labelConfigStatus(),
            all.biasReports(),
            all.biasCounts(),
            all.biasReported(),
            all.partitions(),
            all.replicationFactor(),
            all.uploadRetention(),
            all.eventRetention(),
            all.evidenceRetention());
    assertThat(topics(without).all())
        .extracting(Topics.Topic::name)
        .hasSize(9)
        .doesNotContain(all.evidence());
  }

  @Test
  void aBrokerThatDoesNotAnswerIsNamed() throws IOException {
    // It takes the connection and says nothing.
    try (ServerSocket mute = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      String address = "127.0.0.1:" + mute.getLocalPort();
      assertThatThrownBy(() -> TopicsAdmin.connect(kafka(address), Duration.ofSeconds(1)))
          .isInstanceOf(ConfigException.class)
          .hasMessage(
              "kafka.bootstrapServers "
                  + address
                  + " does not answer within 1s; check the address and that the broker is up");
    }
    assertThatThrownBy(() -> TopicsAdmin.connect(kafka("no-such-host.invalid:9092")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("no-such-host.invalid:9092");
  }

  private static TopicsAdmin connect() {
    return TopicsAdmin.connect(kafka(SharedBroker.bootstrapServers()));
  }

  private static KafkaConfig kafka(String bootstrapServers) {
    KafkaConfig config = KafkaConfig.defaults();
    return new KafkaConfig(
        bootstrapServers,
        config.applicationId(),
        config.guarantee(),
        config.groupProtocol(),
        config.streamThreads(),
        config.commitInterval(),
        config.poll(),
        config.transactionTimeout(),
        config.maxPollInterval(),
        config.sessionTimeout(),
        config.heartbeatInterval(),
        config.standbyReplicas(),
        config.bufferedUploads(),
        config.properties());
  }

  private static Topics topics(TopicsConfig config) {
    return Topics.of(config, MOST_IMAGE_BYTES);
  }

  private static TopicsConfig config(String stem, int replicationFactor) {
    String prefix = KafkaClients.unique(stem) + ".";
    TopicsConfig config = TopicsConfig.defaults();
    return new TopicsConfig(
        prefix + config.uploads(),
        prefix + config.tags(),
        prefix + config.alerts(),
        prefix + config.rejects(),
        prefix + config.evidence(),
        true,
        prefix + config.labelConfig(),
        prefix + config.labelConfigHistory(),
        prefix + config.labelConfigStatus(),
        prefix + config.biasReports(),
        prefix + config.biasCounts(),
        true,
        2,
        replicationFactor,
        config.uploadRetention(),
        config.eventRetention(),
        config.evidenceRetention());
  }

  private static List<State> states(List<TopicFinding> findings) {
    return findings.stream().map(TopicFinding::state).toList();
  }

  private static TopicFinding find(List<TopicFinding> findings, String topic) {
    return findings.stream().filter(f -> f.topic().equals(topic)).findFirst().orElseThrow();
  }

  private String config(String topic, String key) throws Exception {
    try (Admin admin = clients.admin()) {
      ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
      ConfigEntry entry =
          admin.describeConfigs(List.of(resource)).all().get().get(resource).get(key);
      return entry.value();
    }
  }
}
