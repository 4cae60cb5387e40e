package dev.halcyon.app.labels;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class CounterfactualAxisTest {
  @Test
  void putsTheGroupInThePlaceOfThePerson() {
    assertThat(CounterfactualAxis.GENDER.counterfactuals("a person holding a gun"))
        .containsExactly("a man holding a gun", "a woman holding a gun");
    assertThat(CounterfactualAxis.AGE.counterfactuals("someone asleep"))
        .contains("a child asleep", "an elderly person asleep");
  }

  @Test
  void addsTheGroupWhereThePromptHasNoPerson() {
    assertThat(CounterfactualAxis.GENDER.counterfactuals("a handgun"))
        .containsExactly("a handgun with a man", "a handgun with a woman");
  }

  @Test
  void knowsEveryAxisALabelSetMayName() {
    for (String axis : new String[] {"gender", "age", "skin_tone", "religion", "ethnicity"}) {
      assertThat(CounterfactualAxis.of(axis)).isPresent();
    }
    assertThat(CounterfactualAxis.of("height")).isEmpty();
  }
}
