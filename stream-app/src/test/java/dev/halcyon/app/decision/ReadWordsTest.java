package dev.halcyon.app.decision;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ReadWordsTest {
  private static final String SET =
      """
      templates: [{id: photo, prompts: ["a blurry photo of {}"]}]
      groups: [{id: g, background: [an empty street], template: photo}]
      labels:
        - {id: air-rifle, display: {en: Air rifle, de: Luftgewehr}, prompts: [a hunter with a
           carbine in the street], negativePrompts: [a toy carabiner], typographic: {lexicon:
           [BB gun, gun]}}
      """;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "AIR RIFLE",
        "air-rifle",
        "airrifle",
        "a1r rifle",
        "Luftgewehr!",
        "Luftgewhr",
        "my carbine",
        "my carbines",
        "hunter",
        "bb gun",
        "bbgun",
        "GUN",
        "buy a gun here"
      })
  void wordsThatNameTheLabel(String read) {
    assertThat(ReadWords.name(terms(), List.of("other", read))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "sun",
        "guns of navarone in the",
        "street",
        "blurry",
        "with",
        "rifling",
        "toy",
        "carabine3",
        "a",
        "!!!"
      })
  void wordsThatDoNot(String read) {
    if (read.equals("guns of navarone in the")) {
      // Three letters must be read exactly.
      assertThat(ReadWords.name(terms(), List.of("guns"))).isFalse();
    }
    assertThat(ReadWords.name(terms(), List.of(read))).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "ipod, ipod, true", "ipod, ipad, true", "ipod, ipo, true", "ipod, ipods, true",
    "ipod, xipod, true", "ipod, pido, false", "ipod, ip, false", "ipod, opid, false",
    "ab, ba, false"
  })
  void withinOneEdit(String a, String b, boolean within) {
    assertThat(ReadWords.withinOneEdit(a, b)).isEqualTo(within);
    assertThat(ReadWords.withinOneEdit(b, a)).isEqualTo(within);
  }

  @Test
  void wordsOfDifferentBoxesAreNotJoined() {
    assertThat(ReadWords.name(terms(), List.of("air", "rifle"))).isFalse();
  }

  private static ReadWords.Terms terms() {
    return new AxisSpace().compile(SET).labels().get(0).terms();
  }
}
