package dev.halcyon.app.labels;

import dev.halcyon.clip.TextEncoder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The embeddings of all sentences one compilation needs, each encoded once, all in one call. */
final class PromptEmbeddings {
  private final Set<String> wanted = new LinkedHashSet<>();
  private Map<String, float[]> vectors = Map.of();

  /** Asks for sentences; {@link #encode} brings them. */
  void want(List<String> sentences) {
    wanted.addAll(sentences);
  }

  /**
   * Encodes what was asked for.
   *
   * @param known embeddings of the same model from before
   */
  void encode(TextEncoder encoder, Map<String, float[]> known) {
    vectors = new HashMap<>();
    var missing = new ArrayList<String>();
    for (String sentence : wanted) {
      float[] vector = known.get(sentence);
      if (vector == null) {
        missing.add(sentence);
      } else {
        vectors.put(sentence, vector);
      }
    }
    if (!missing.isEmpty()) {
      float[][] encoded = encoder.encode(missing);
      for (int i = 0; i < encoded.length; i++) {
        vectors.put(missing.get(i), encoded[i]);
      }
    }
  }

  float[] get(String sentence) {
    return vectors.get(sentence);
  }

  List<float[]> get(List<String> sentences) {
    return sentences.stream().map(this::get).toList();
  }

  /** All of them, to be known to a later compilation. */
  Map<String, float[]> all() {
    return Map.copyOf(vectors);
  }
}
