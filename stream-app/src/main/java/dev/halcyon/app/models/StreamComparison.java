package dev.halcyon.app.models;

import dev.halcyon.app.decision.LabelScores;
import dev.halcyon.clip.ModelIdentity;
import dev.halcyon.events.EvidenceEvent;
import dev.halcyon.events.wire.EventDecoder;
import dev.halcyon.labels.LabelSet;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The deciding model and its shadow over the same traffic.
 *
 * @param labels by label, over the uploads that both looked at
 * @param seenByA uploads of the time that the deciding model looked at
 * @param seenByB those of its shadow
 * @param passedOver records of other models, or unreadable
 */
public record StreamComparison(ModelComparison labels, int seenByA, int seenByB, long passedOver) {

  /**
   * One of the two models.
   *
   * @param topic where its evidence is
   * @param scores by the label set as it understands it
   */
  public record Side(ModelIdentity model, String topic, LabelScores scores) {}

  /**
   * Compares.
   *
   * @param client how to reach Kafka, as for a plain client
   * @param since evidence from then on
   * @throws IllegalStateException if a topic is not there or does not answer
   */
  public static StreamComparison of(
      Map<String, Object> client,
      EventDecoder<EvidenceEvent> decoder,
      LabelSet set,
      Side a,
      Side b,
      Instant since) {
    Map<String, double[]> scoresOfA = new LinkedHashMap<>();
    Map<String, double[]> scoresOfB = new LinkedHashMap<>();
    long passedOver = read(client, decoder, a, since, scoresOfA);
    passedOver += read(client, decoder, b, since, scoresOfB);
    List<double[]> alignedA = new ArrayList<>();
    List<double[]> alignedB = new ArrayList<>();
    scoresOfA.forEach(
        (place, own) -> {
          double[] other = scoresOfB.get(place);
          if (other != null) {
            alignedA.add(own);
            alignedB.add(other);
          }
        });
    List<String> labels = a.scores().labels();
    return new StreamComparison(
        ModelComparison.of(labels, FolderComparison.thresholds(set, labels), alignedA, alignedB),
        scoresOfA.size(),
        scoresOfB.size(),
        passedOver);
  }

  private static long read(
      Map<String, Object> client,
      EventDecoder<EvidenceEvent> decoder,
      Side side,
      Instant since,
      Map<String, double[]> scores) {
    return new EvidenceTopic(client, side.topic(), decoder, side.model())
        .read(since, (place, evidence) -> scores.put(place, side.scores().of(evidence)));
  }
}
