package dev.halcyon.app.audit;

import dev.halcyon.clip.TextEncoder;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;

/** Sentences and their embeddings, each encoded once. For one thread. */
final class Sentences {
  private static final int BATCH = 64;

  private final TextEncoder encoder;
  private final LongConsumer progress;
  private final Map<String, float[]> embeddings = new HashMap<>();

  Sentences(TextEncoder encoder, LongConsumer progress) {
    this.encoder = encoder;
    this.progress = progress;
  }

  void encode(Collection<String> wanted) {
    List<String> missing =
        wanted.stream().filter(sentence -> !embeddings.containsKey(sentence)).distinct().toList();
    for (int from = 0; from < missing.size(); from += BATCH) {
      List<String> batch = missing.subList(from, Math.min(missing.size(), from + BATCH));
      float[][] vectors = encoder.encode(batch);
      for (int i = 0; i < vectors.length; i++) {
        embeddings.put(batch.get(i), vectors[i]);
      }
      progress.accept(embeddings.size());
    }
  }

  List<float[]> of(List<String> wanted) {
    return wanted.stream().map(embeddings::get).toList();
  }
}
