package dev.halcyon.app.decision;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class StableShareTest {
  @Test
  void holdsAboutSoManyOfAnyIds() {
    for (double percent : new double[] {0.5, 5, 25, 50, 90}) {
      for (String form : new String[] {"%d", "img-%08d.jpg", "https://host/%d/original"}) {
        int held = 0;
        for (int i = 0; i < 20_000; i++) {
          held += StableShare.holds("set", form.formatted(i), percent) ? 1 : 0;
        }
        double share = 100.0 * held / 20_000;
        double deviation = Math.sqrt(percent * (100 - percent) / 20_000);
        assertThat(share).isBetween(percent - 4 * deviation, percent + 4 * deviation);
      }
    }
  }

  @Test
  void aLargerShareHoldsEverySmallerOne() {
    for (int i = 0; i < 5000; i++) {
      String id = "image-" + i;
      if (StableShare.holds("set", id, 10)) {
        assertThat(StableShare.holds("set", id, 11)).isTrue();
      }
      assertThat(StableShare.holds("set", id, 0)).isFalse();
      assertThat(StableShare.holds("set", id, 100)).isTrue();
    }
  }

  @Test
  void sharesOfDifferentThingsAreIndependent() {
    int both = 0;
    for (int i = 0; i < 20_000; i++) {
      String id = "image-" + i;
      both += StableShare.holds("set/a", id, 50) && StableShare.holds("set/b", id, 50) ? 1 : 0;
    }
    assertThat(both).isBetween(4750, 5250);
  }

  @Test
  void theShareOfAnIdIsForEver() {
    // Written down once: a change of the hash would reshuffle every running canary.
    StringBuilder held = new StringBuilder();
    for (int i = 0; i < 40; i++) {
      held.append(StableShare.holds("default/gun", "image-" + i, 30) ? 'x' : '.');
    }
    assertThat(held).hasToString("..x..xx.x...xxxx..x...x..xxx.......xx...");
  }
}
