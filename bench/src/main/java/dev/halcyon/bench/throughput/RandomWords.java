package dev.halcyon.bench.throughput;

import dev.halcyon.clip.ModelIdentity;
import dev.halcyon.clip.TextEncoder;
import dev.halcyon.labels.LabelSet;
import dev.halcyon.labels.LabelSetReader;
import dev.halcyon.labels.ReadResult;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A text encoder that gives every prompt a random direction of its own. */
final class RandomWords implements TextEncoder {
  private final ModelIdentity model;

  RandomWords(ModelIdentity model) {
    this.model = model;
  }

  ModelIdentity model() {
    return model;
  }

  /** A label set of so many prompts, ten a label where there are many. */
  static LabelSet labels(int prompts) {
    int each = prompts >= 1_000 ? 10 : 1;
    String document =
        "name: bench\nowner: bench\ngroups: [{id: things, background: [nothing]}]\nlabels:\n"
            + IntStream.range(0, prompts / each)
                .mapToObj(label -> label(label, each))
                .collect(Collectors.joining("\n"));
    ReadResult result = LabelSetReader.read(document);
    if (result instanceof ReadResult.Read read) {
      return read.labelSet();
    }
    throw new IllegalStateException(((ReadResult.Faulty) result).problems().toString());
  }

  private static String label(int label, int prompts) {
    return IntStream.range(0, prompts)
        .mapToObj(prompt -> "thing " + label + " seen as " + prompt)
        .collect(
            Collectors.joining(
                ", ", "  - {id: label-" + label + ", group: things, prompts: [", "]}"));
  }

  static float[] unit(Random random, int dimensions) {
    float[] vector = new float[dimensions];
    double squares = 0;
    for (int i = 0; i < dimensions; i++) {
      vector[i] = (float) random.nextGaussian();
      squares += vector[i] * vector[i];
    }
    float scale = (float) (1 / Math.sqrt(squares));
    for (int i = 0; i < dimensions; i++) {
      vector[i] *= scale;
    }
    return vector;
  }

  @Override
  public float[][] encode(List<String> prompts) {
    return prompts.stream()
        .map(prompt -> unit(new Random(prompt.hashCode()), model.dimensions()))
        .toArray(float[][]::new);
  }

  @Override
  public int countTokens(String prompt) {
    return prompt.split(" ").length + 2;
  }

  @Override
  public int contextLength() {
    return 77;
  }
}
