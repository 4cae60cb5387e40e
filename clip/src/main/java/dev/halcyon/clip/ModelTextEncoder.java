package dev.halcyon.clip;

import dev.halcyon.clip.model.ModelDirectory;
import dev.halcyon.clip.model.PromptConvention;
import dev.halcyon.clip.model.PromptConvention.Padding;
import dev.halcyon.clip.onnx.OnnxTextModel;
import dev.halcyon.clip.tokenize.PromptTokenizer;
import java.util.Arrays;
import java.util.List;

/**
 * Prompts to unit embeddings with a model directory's tokenizer and text graph. Runs on the calling
 * thread, in chunks; prompts of like length share a chunk, so that little is computed for filling.
 */
final class ModelTextEncoder implements TextEncoder {
  private static final int CHUNK = 32;

  private final PromptTokenizer tokenizer;
  private final OnnxTextModel model;
  private final PromptConvention convention;
  private final int contextLength;

  ModelTextEncoder(ModelDirectory directory, PromptTokenizer tokenizer, OnnxTextModel model) {
    this.tokenizer = tokenizer;
    this.model = model;
    this.convention = directory.prompts();
    int fixed = model.fixedTokens().orElse(0);
    int stated = convention.contextLength().orElse(fixed);
    if (stated == 0) {
      throw new ModelException(
          directory.root()
              + ": neither a configuration file nor the text graph says how long a prompt may be;"
              + " write manifest.json with \"contextLength\"");
    }
    this.contextLength = fixed == 0 ? stated : Math.min(fixed, stated);
  }

  @Override
  public int countTokens(String prompt) {
    return tokenizer.encode(prompt).length;
  }

  @Override
  public int contextLength() {
    return contextLength;
  }

  @Override
  public float[][] encode(List<String> prompts) {
    long[][] tokens = new long[prompts.size()][];
    for (int i = 0; i < tokens.length; i++) {
      tokens[i] = tokenizer.encode(prompts.get(i));
      if (tokens[i].length > contextLength) {
        throw new IllegalArgumentException(
            "prompt \""
                + prompts.get(i)
                + "\" has "
                + tokens[i].length
                + " tokens, the model reads "
                + contextLength
                + "; shorten it");
      }
    }
    Integer[] order = new Integer[tokens.length];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, (a, b) -> Integer.compare(tokens[a].length, tokens[b].length));

    float[][] embeddings = new float[tokens.length][];
    int chunk = model.fixedBatch().orElse(CHUNK);
    for (int from = 0; from < order.length; from += chunk) {
      int size = Math.min(chunk, order.length - from);
      int rows = model.fixedBatch().orElse(size);
      int width = width(tokens[order[from + size - 1]].length);
      long[][] padded = new long[rows][width];
      int[] lengths = new int[rows];
      for (int row = 0; row < rows; row++) {
        long[] prompt = tokens[order[from + Math.min(row, size - 1)]];
        Arrays.fill(padded[row], convention.padTokenId());
        System.arraycopy(prompt, 0, padded[row], 0, prompt.length);
        lengths[row] = prompt.length;
      }
      float[][] raw = model.run(padded, lengths);
      for (int row = 0; row < size; row++) {
        embeddings[order[from + row]] = unit(raw[row], prompts.get(order[from + row]));
      }
    }
    return embeddings;
  }

  private int width(int longest) {
    if (model.fixedTokens().isPresent()) {
      return model.fixedTokens().getAsInt();
    }
    boolean toContext =
        convention.padding() == Padding.CONTEXT
            || (convention.padding() == Padding.AS_TRAINED && !model.takesMask());
    return toContext ? contextLength : longest;
  }

  private float[] unit(float[] embedding, String prompt) {
    if (!UnitVector.normalize(embedding)) {
      throw new EngineBrokenException(
          "the text encoder gave no finite embedding for prompt \"" + prompt + "\"", null);
    }
    return embedding;
  }
}
