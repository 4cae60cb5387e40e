package dev.halcyon.app.decision;

import dev.halcyon.clip.ModelIdentity;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** Says why a label stands as it does. Asked only for labels a decision reports. */
final class Explainer {
  private static final int MOST_TEXT = 500;

  private final CompiledLabelSet set;

  Explainer(CompiledLabelSet set) {
    this.set = set;
  }

  LabelDecision.Explanation explain(
      CompiledLabel label, Views views, TypographicCheck.Verdict verdict) {
    Optional<View> masked = verdict.weighed() ? views.masked() : Optional.empty();
    Optional<View> textOnly = verdict.weighed() ? views.textOnly() : Optional.empty();
    Optional<PromptVector> winner = winningPrompt(label, verdict.view());
    Optional<Integer> rival =
        label.learned()
            ? Optional.empty()
            : Optional.of(verdict.view().scores().strongestRivalRow(label));
    return new LabelDecision.Explanation(
        winner.map(PromptVector::prompt),
        winner
            .map(prompt -> OptionalDouble.of(similarity(prompt, verdict.view())))
            .orElseGet(OptionalDouble::empty),
        rival.map(set::prompt),
        rival
            .map(row -> OptionalDouble.of(verdict.view().scores().similarity(row)))
            .orElseGet(OptionalDouble::empty),
        score(label, masked),
        score(label, textOnly),
        masked
            .map(view -> OptionalDouble.of(view.scores().similarity(label)))
            .orElseGet(OptionalDouble::empty),
        verdict.view().scores().counterfactualScore(label),
        text(views.readTexts()));
  }

  private static OptionalDouble score(CompiledLabel label, Optional<View> view) {
    return view.map(seen -> OptionalDouble.of(seen.scores().score(label)))
        .orElseGet(OptionalDouble::empty);
  }

  private static Optional<PromptVector> winningPrompt(CompiledLabel label, View view) {
    PromptVector best = null;
    double nearest = Double.NEGATIVE_INFINITY;
    for (PromptVector prompt : label.vectors().prompts()) {
      double product = dot(prompt.vector(), view.embedding());
      if (product > nearest) {
        nearest = product;
        best = prompt;
      }
    }
    return Optional.ofNullable(best);
  }

  private double similarity(PromptVector prompt, View view) {
    ModelIdentity model = set.model();
    return model.logitScale() * dot(prompt.vector(), view.embedding()) + model.logitBias();
  }

  private static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int d = 0; d < a.length; d++) {
      sum += (double) a[d] * b[d];
    }
    return sum;
  }

  private static Optional<String> text(List<String> texts) {
    String joined = String.join(" ", texts).strip();
    if (joined.isEmpty()) {
      return Optional.empty();
    }
    if (joined.length() <= MOST_TEXT) {
      return Optional.of(joined);
    }
    int end = MOST_TEXT - 1;
    return Optional.of(
        joined.substring(0, Character.isHighSurrogate(joined.charAt(end - 1)) ? end - 1 : end)
            + "…");
  }
}
