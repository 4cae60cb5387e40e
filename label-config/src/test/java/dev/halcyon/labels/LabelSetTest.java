package dev.halcyon.labels;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;

final class LabelSetTest {
  private static final LabelSet SET =
      LabelSetReaderTest.read(
          """
          name: shop
          owner: me
          surfaces: [chat, listing]
          templates:
            - {id: photo, prompts: ["a photo of {}", "a product photo of {}"]}
            - {id: drawn, prompts: "a drawing of {}"}
          groups:
            - {id: things, template: photo, background: a box}
            - {id: bare, background: a box}
          labels:
            - {id: cup, group: things, prompts: a cup, severity: 4, actionBySurface: {chat: tag}}
            - {id: logo, group: things, prompts: a logo, template: drawn}
            - {id: car, group: bare, prompts: a photo of a car}
          """);

  private static Label label(String id) {
    return SET.label(id).orElseThrow();
  }

  @Test
  void aPromptStandsInEverySentenceOfItsTemplate() {
    assertThat(SET.sentences(label("cup"), "a cup"))
        .containsExactly("a photo of a cup", "a product photo of a cup");
    assertThat(SET.sentences(SET.group("things").orElseThrow(), "a box"))
        .containsExactly("a photo of a box", "a product photo of a box");
  }

  @Test
  void aLabelsTemplateGoesBeforeItsGroups() {
    assertThat(SET.sentences(label("logo"), "a logo")).containsExactly("a drawing of a logo");
  }

  @Test
  void withoutATemplateThePromptIsTheSentence() {
    assertThat(SET.sentences(label("car"), "a photo of a car")).containsExactly("a photo of a car");
    assertThat(SET.sentences(SET.group("bare").orElseThrow(), "a box")).containsExactly("a box");
  }

  @Test
  void theSurfaceChoosesTheAction() {
    assertThat(label("cup").actionFor(Optional.of("chat"))).isEqualTo(Action.TAG);
    assertThat(label("cup").actionFor(Optional.of("listing"))).isEqualTo(Action.REVIEW);
    assertThat(label("cup").actionFor(Optional.empty())).isEqualTo(Action.REVIEW);
  }
}
