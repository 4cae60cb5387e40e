package dev.halcyon.app.decision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.halcyon.app.decision.Decider.Context;
import dev.halcyon.clip.Evidence;
import dev.halcyon.clip.ModelIdentity;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Thresholds are calibrated on the very scores that live decisions are made by. */
final class LabelScoresTest {
  private static final Context CONTEXT = new Context("image-1", Optional.empty());
  private static final String SET =
      """
      groups:
        - {id: g, background: [street]}
        - {id: kinds, mode: exclusive, background: [field]}
      labels:
        - {id: gun, group: g, prompts: [gun], threshold: %1$s, severity: 4}
        - {id: sign, group: g, prompts: [sign], threshold: %1$s,
           typographic: {mode: always, polarity: allow}}
        - {id: cat, group: kinds, prompts: [cat], threshold: %1$s}
        - {id: dog, group: kinds, prompts: [dog], threshold: %1$s}
        - {id: fox, group: kinds, prompts: [fox], threshold: %1$s, status: shadow}
      """;

  private final AxisSpace space = new AxisSpace();

  @Test
  void eachLabelScoresAsInADecision() {
    LabelScores scores = new LabelScores(space.compile(SET.formatted("0.5")));
    LabelSetDecider lenient = space.decider(SET.formatted("1e-9"));
    List<Evidence> images =
        List.of(
            space.seen(Map.of("gun", 20.3, "street", 20.0, "cat", 21.0, "field", 20.0)),
            space.seen(Map.of("sign", 19.0, "street", 20.0, "fox", 21.0, "dog", 20.0)),
            space.written(
                "gun",
                Map.of("gun", 18.0, "sign", 22.0, "street", 20.0),
                Map.of("gun", 21.0, "sign", 19.0, "street", 20.0),
                Map.of("gun", 22.0, "street", 20.0),
                Map.of("gun", 18.0, "sign", 22.0, "street", 20.0)));
    for (Evidence image : images) {
      double[] all = scores.of(image);
      assertThat(all).hasSize(5);
      for (LabelDecision label : lenient.decide(image, CONTEXT).labels()) {
        assertThat(all[scores.labels().indexOf(label.label())])
            .as(label.label())
            .isCloseTo(label.score(), within(1e-12));
      }
    }
    double[] written = scores.of(images.get(2));
    assertThat(written[scores.labels().indexOf("gun")]).isGreaterThan(0.7);
    assertThat(written[scores.labels().indexOf("sign")]).isLessThan(0.3);
  }

  @Test
  void evidenceOfAnotherModelIsRefused() {
    LabelScores scores = new LabelScores(space.compile(SET.formatted("0.5")));
    AxisSpace other =
        new AxisSpace(new ModelIdentity("other", "b".repeat(64), "none", 128, 100, 0));
    assertThatThrownBy(() -> scores.of(other.seen(Map.of("gun", 20.0))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("other");
  }
}
