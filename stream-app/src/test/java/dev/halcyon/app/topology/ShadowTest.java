package dev.halcyon.app.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.halcyon.app.broker.SharedBroker;
import dev.halcyon.app.config.TopicsConfig;
import dev.halcyon.app.decision.StableShare;
import dev.halcyon.clip.ModelIdentity;
import dev.halcyon.events.EvidenceEvent;
import dev.halcyon.events.TagEvent;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

/** A second model beside the one that decides, on a real broker. */
class ShadowTest {
  private static final ModelIdentity SECOND =
      new ModelIdentity("second", "5ec0".repeat(16), "other", 2, 100, 0);

  @Test
  void itSeesTheSameUploadsAndDecidesNothing() throws Exception {
    try (StreamRig rig = new StreamRig(SharedBroker.bootstrapServers(), 2)) {
      Shadow shadow = new Shadow(SECOND, 40, true);
      TopicsConfig own = shadow.topics(rig.topics);
      rig.clients().createTopic(own.evidence(), 2, Map.of());
      Set<String> share = new TreeSet<>();
      for (int i = 0; i < 60; i++) {
        String id = "img-" + i;
        rig.upload(id, "picture " + i);
        if (StableShare.holds("shadow", id, 40)) {
          share.add(id);
        }
      }
      rig.flush();
      assertThat(share).hasSizeBetween(5, 55);
      rig.start(ScriptedAnalyzer.instant());
      rig.startShadow(ScriptedAnalyzer.of(SECOND), shadow);

      Map<String, EvidenceEvent> seen =
          rig.read(own.evidence(), EvidenceEvent.class, share.size()).stream()
              .collect(Collectors.toMap(ConsumerRecord::key, ConsumerRecord::value));
      assertThat(seen.keySet()).isEqualTo(share);
      assertThat(seen.values())
          .allMatch(evidence -> evidence.getModel().getHash().equals(SECOND.hash()));

      assertThat(rig.tags(60)).hasSize(60);
      assertThat(rig.read(rig.topics.evidence(), EvidenceEvent.class, 60))
          .as("evidence of two models is never in one topic")
          .noneMatch(evidence -> evidence.value().getModel().getHash().equals(SECOND.hash()));
      assertThat(rig.readToEnd(rig.topics.tags(), TagEvent.class))
          .as("one decision an upload, not two")
          .hasSize(60);
      assertThat(rig.readToEnd(own.evidence(), EvidenceEvent.class)).hasSize(share.size());
    }
  }

  @Test
  void everyModelHasItsOwnTopicAndApplication() {
    TopicsConfig topics = TopicsConfig.defaults();
    Shadow one = new Shadow(SECOND, 100, false);
    Shadow other =
        new Shadow(new ModelIdentity("third", "7d1e".repeat(16), "other", 2, 100, 0), 100, false);
    assertThat(one.topics(topics).evidence()).isEqualTo("image-evidence-shadow-5ec05ec05ec0");
    assertThat(other.topics(topics).evidence()).isNotEqualTo(one.topics(topics).evidence());
    assertThat(one.topics(topics).uploads()).isEqualTo(topics.uploads());
    assertThatThrownBy(() -> new Shadow(SECOND, 0, false))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Shadow(SECOND, 101, false))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
