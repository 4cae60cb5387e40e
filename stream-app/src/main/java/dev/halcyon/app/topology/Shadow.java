package dev.halcyon.app.topology;

import dev.halcyon.app.config.KafkaConfig;
import dev.halcyon.app.config.TopicsConfig;
import dev.halcyon.clip.ModelIdentity;

/**
 * A second model that looks at the uploads beside the one that decides. It is an application of its
 * own, with its own offsets, window, transactions and evidence topic, all named after the hash of
 * its model: what the deciding application promises does not depend on it, and evidence of two
 * models never shares a topic.
 *
 * @param model the second model
 * @param percent share of the uploads it looks at, above 0 and at most 100, by image id
 * @param fromStart whether a shadow that is new begins with the oldest upload that is kept, and not
 *     with the next one
 */
public record Shadow(ModelIdentity model, double percent, boolean fromStart) {
  private static final int HASH_DIGITS = 12;

  public Shadow {
    if (!(percent > 0 && percent <= 100)) {
      throw new IllegalArgumentException(
          "a share of " + percent + " percent is outside (0, 100]; give 100 for every upload");
    }
  }

  /** The topic its evidence goes to. */
  public static String evidenceTopic(TopicsConfig topics, String modelHash) {
    return topics.evidence() + "-shadow-" + modelHash.substring(0, HASH_DIGITS);
  }

  /** The topics as it sees them: its evidence goes to a topic of its own. */
  public TopicsConfig topics(TopicsConfig deciding) {
    return deciding.withEvidence(evidenceTopic(deciding, model.hash()));
  }

  /** The application it runs as. */
  public KafkaConfig kafka(KafkaConfig deciding) {
    return deciding.withApplicationId(
        deciding.applicationId() + "-shadow-" + model.hash().substring(0, HASH_DIGITS));
  }
}
