package dev.halcyon.app.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class ScoreShiftTest {
  private static final int TENTHS = 10;

  @Test
  void theSameScoresAreNoShift() {
    List<Long> bins = List.of(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L);
    assertThat(ScoreShift.psi(bins, 100, bins, 100)).isZero();
  }

  @Test
  void aShiftIsTheSameSeenFromEitherSideAndLargeWhereALabelFallsSilent() {
    List<Long> firing = List.of(0L, 0L, 0L, 0L, 0L, 10L, 10L, 10L, 10L, 10L);
    List<Long> silent = Collections.nCopies(TENTHS, 0L);
    double there = ScoreShift.psi(firing, 500, silent, 500);
    assertThat(there).isEqualTo(ScoreShift.psi(silent, 500, firing, 500));
    assertThat(there).isGreaterThan(ScoreShift.MOVED);
    assertThat(ScoreShift.hasMoved(there, TENTHS, 500, 500)).isTrue();
  }

  @Test
  void twoSamplesOfTheSameScoresHaveNotMoved() {
    Random random = new Random(1);
    int moved = 0;
    for (int pair = 0; pair < 200; pair++) {
      double psi = ScoreShift.psi(sample(random, 200), 200, sample(random, 200), 200);
      moved += ScoreShift.hasMoved(psi, TENTHS, 200, 200) ? 1 : 0;
    }
    assertThat(moved).isLessThanOrEqualTo(2);
  }

  private static List<Long> sample(Random random, int images) {
    List<Long> bins = new ArrayList<>(Collections.nCopies(TENTHS, 0L));
    for (int i = 0; i < images; i++) {
      int bin = random.nextInt(TENTHS + 10);
      if (bin < TENTHS) {
        bins.set(bin, bins.get(bin) + 1);
      }
    }
    return bins;
  }
}
