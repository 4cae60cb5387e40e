package dev.halcyon.app.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

final class IntervalTest {
  @Test
  void theWilsonIntervalIsThePublishedOne() {
    // Newcombe 1998, table I: 81 of 263, 95%: 0.2553 to 0.3662.
    Interval interval = Interval.ofRate(81, 263);
    assertThat(interval.low()).isCloseTo(0.2553, within(5e-5));
    assertThat(interval.high()).isCloseTo(0.3662, within(5e-5));
    // Newcombe 1998 part II, method 10: 56 of 70 less 48 of 80 is 0.2, 0.0524 to 0.3339.
    Interval difference = Interval.difference(Interval.ofRate(56, 70), Interval.ofRate(48, 80));
    assertThat(difference.estimate()).isCloseTo(0.2, within(1e-9));
    assertThat(difference.low()).isCloseTo(0.0524, within(5e-5));
    assertThat(difference.high()).isCloseTo(0.3339, within(5e-5));
    assertThat(Interval.ofRate(0, 50).low()).isZero();
    assertThat(Interval.ofRate(50, 50).high()).isEqualTo(1);
  }

  @Test
  void zIsTheNormalQuantileForSoManyComparisons() {
    assertThat(Interval.z(1)).isCloseTo(1.959964, within(1e-5));
    assertThat(Interval.z(3)).isCloseTo(2.393980, within(1e-5));
    assertThat(Interval.z(10)).isCloseTo(2.807034, within(1e-5));
  }

  @Test
  void fewCasesStillBoundTheRate() {
    assertThat(Interval.ofRate(0, 10).high()).isCloseTo(0.2775, within(0.0001));
    assertThat(Interval.ofRate(5, 10).low()).isCloseTo(0.2366, within(0.0001));
    assertThat(Interval.ofRate(5, 10, Interval.z(3)).low()).isLessThan(0.2366);
  }

  @Test
  void whatIsNoRateIsRefused() {
    for (long[] counts : new long[][] {{0, 0}, {-1, 5}, {6, 5}}) {
      assertThatThrownBy(() -> Interval.ofRate(counts[0], counts[1]))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(counts[0] + " of " + counts[1] + " is no rate");
    }
  }

  @Test
  void anIntervalHoldsItsEnds() {
    Interval interval = new Interval(0.2, 0.1, 0.3);
    assertThat(interval.holds(0.1)).isTrue();
    assertThat(interval.holds(0.3)).isTrue();
    assertThat(interval.holds(0.31)).isFalse();
    assertThat(interval.holds(0.09)).isFalse();
  }
}
