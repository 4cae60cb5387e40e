package dev.halcyon.bench.checks;

import dev.halcyon.app.decision.Flag;
import dev.halcyon.clip.Evidence;
import dev.halcyon.clip.ModelIdentity;
import dev.halcyon.clip.TextEncoder;
import java.util.List;

/**
 * Which of two words a picture is, decided by the program's own classes: two labels that compete,
 * and a background that never wins. The check's word is that of the whole picture, unless it claims
 * that only writing made it win.
 */
final class Duel {
  private static final String NOTHING = "nothing of the kind";

  private final ZeroShot words;
  private final ModelIdentity model;

  Duel(ZeroShot words, ModelIdentity model) {
    this.words = words;
    this.model = model;
  }

  /** The word that the check lets stand. */
  String decide(Evidence evidence, String first, String second) {
    String whole = words.nearest(evidence.embedding(), List.of(first, second));
    WordLabels labels = WordLabels.competing(List.of(first, second), NOTHING, new Vectors(), model);
    return labels.decide(evidence).has(whole, Flag.INFLATED)
        ? words.nearest(ZeroShot.defended(evidence), List.of(first, second))
        : whole;
  }

  /** The words' vectors, which are known already; the background points away from all of them. */
  private final class Vectors implements TextEncoder {
    @Override
    public float[][] encode(List<String> prompts) {
      return prompts.stream()
          .map(prompt -> prompt.equals(NOTHING) ? words.away() : words.vector(prompt))
          .toArray(float[][]::new);
    }

    @Override
    public int countTokens(String prompt) {
      return prompt.split(" ", -1).length + 2;
    }

    @Override
    public int contextLength() {
      return 77;
    }
  }
}
