package dev.halcyon.app.labels;

import dev.halcyon.clip.ModelIdentity;
import dev.halcyon.clip.TextEncoder;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An embedding space whose geometry a test can reason about: every word has a fixed direction,
 * nearly orthogonal to all others, and a sentence points along the sum of its words. An image that
 * shows some things points along their words.
 */
public final class WordSpace implements TextEncoder {
  private static final int CONTEXT = 20;

  private final ModelIdentity model;
  private final AtomicInteger encoded = new AtomicInteger();
  private final AtomicInteger calls = new AtomicInteger();

  public WordSpace() {
    this("words", 256);
  }

  public WordSpace(String modelId, int dimensions) {
    this(new ModelIdentity(modelId, hash(modelId), "squares", dimensions, 100, 0));
  }

  public WordSpace(ModelIdentity model) {
    this.model = model;
  }

  public ModelIdentity model() {
    return model;
  }

  /** How many sentences were encoded so far. */
  public int encoded() {
    return encoded.get();
  }

  /** How often {@link #encode} was called. */
  public int calls() {
    return calls.get();
  }

  @Override
  public float[][] encode(List<String> prompts) {
    calls.incrementAndGet();
    encoded.addAndGet(prompts.size());
    return prompts.stream().map(this::embed).toArray(float[][]::new);
  }

  @Override
  public int countTokens(String prompt) {
    return prompt.split(" ").length + 2;
  }

  @Override
  public int contextLength() {
    return CONTEXT;
  }

  /** The unit vector along the sum of the words' directions; "word*2.5" weighs a word. */
  public float[] embed(String sentence) {
    double[] sum = new double[model.dimensions()];
    for (String part : sentence.toLowerCase(Locale.ROOT).split("[^a-z0-9*._-]+")) {
      if (part.isEmpty()) {
        continue;
      }
      String[] weighed = part.split("\\*");
      double weight = weighed.length > 1 ? Double.parseDouble(weighed[1]) : 1;
      Random direction = new Random(31L * (model.id() + weighed[0]).hashCode());
      for (int d = 0; d < sum.length; d++) {
        sum[d] += weight * direction.nextGaussian();
      }
    }
    double length = Math.sqrt(Arrays.stream(sum).map(value -> value * value).sum());
    float[] unit = new float[sum.length];
    for (int d = 0; d < unit.length; d++) {
      unit[d] = (float) (sum[d] / length);
    }
    return unit;
  }

  /** Sixty-four digits of hexadecimal that depend on the text alone. */
  public static String hash(String text) {
    return String.format(Locale.ROOT, "%064x", Math.abs((long) text.hashCode()));
  }
}
