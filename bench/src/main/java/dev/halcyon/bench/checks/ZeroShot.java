package dev.halcyon.bench.checks;

import dev.halcyon.clip.Evidence;
import dev.halcyon.clip.TextEncoder;
import dev.halcyon.clip.TextEvidence;
import dev.halcyon.clip.UnitVector;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Words and pictures in one space: which of some words a picture is nearest to. */
final class ZeroShot {
  private final Map<String, float[]> vectors = new HashMap<>();

  ZeroShot(TextEncoder encoder, String template, Collection<String> words) {
    List<String> distinct = new ArrayList<>(Map.copyOf(index(words)).keySet());
    float[][] encoded =
        encoder.encode(distinct.stream().map(word -> template.replace("{}", word)).toList());
    for (int i = 0; i < encoded.length; i++) {
      UnitVector.normalize(encoded[i]);
      vectors.put(distinct.get(i), encoded[i]);
    }
  }

  private static Map<String, Boolean> index(Collection<String> words) {
    Map<String, Boolean> index = new HashMap<>();
    words.forEach(word -> index.put(word, true));
    return index;
  }

  /** 100 times the cosine. */
  double similarity(float[] embedding, String word) {
    float[] vector = vectors.get(word);
    double sum = 0;
    for (int d = 0; d < vector.length; d++) {
      sum += (double) vector[d] * embedding[d];
    }
    return 100 * sum;
  }

  /** The unit vector of a word. */
  float[] vector(String word) {
    return vectors.get(word).clone();
  }

  /** The unit vector that points away from the mean of all words. */
  float[] away() {
    float[] away = new float[vectors.values().iterator().next().length];
    for (float[] vector : vectors.values()) {
      for (int d = 0; d < away.length; d++) {
        away[d] -= vector[d];
      }
    }
    UnitVector.normalize(away);
    return away;
  }

  String nearest(float[] embedding, Collection<String> words) {
    String best = null;
    for (String word : words) {
      if (best == null || similarity(embedding, word) > similarity(embedding, best)) {
        best = word;
      }
    }
    return best;
  }

  /** The embedding that speaks for a picture with the check on: without its writing, if any. */
  static float[] defended(Evidence evidence) {
    return evidence.text().flatMap(TextEvidence::masked).orElse(evidence.embedding());
  }
}
