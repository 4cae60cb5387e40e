package dev.halcyon.app.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

/** Properties of the pure functions, over random cases. */
final class AuditMathTest {
  private static final int DIMENSIONS = 24;

  @RepeatedTest(50)
  void permutingGroupsPermutesTheLeaning(RepetitionInfo info) {
    Random random = new Random(info.getCurrentRepetition());
    float[] text = unit(random);
    List<float[]> groups = units(random, 2 + random.nextInt(5));
    List<float[]> shuffled = new ArrayList<>(groups);
    Collections.shuffle(shuffled, random);

    Leaning before = Leaning.of(text, groups);
    Leaning after = Leaning.of(text, shuffled);

    assertThat(after.skew()).isCloseTo(before.skew(), within(1e-9));
    assertThat(after.leakage()).isCloseTo(before.leakage(), within(1e-6));
    assertThat(shuffled.get(after.towards())).isSameAs(groups.get(before.towards()));
    assertThat(shuffled.get(after.away())).isSameAs(groups.get(before.away()));
    assertThat(before.skew()).isBetween(0.0, 2.0);
    assertThat(before.leakage()).isBetween(0.0, 1.0);
  }

  @RepeatedTest(20)
  void identicalGroupsGiveNoSkewAndNoLeakage(RepetitionInfo info) {
    Random random = new Random(info.getCurrentRepetition());
    float[] group = unit(random);

    Leaning leaning = Leaning.of(unit(random), List.of(group, group.clone(), group.clone()));

    assertThat(leaning.skew()).isZero();
    assertThat(leaning.leakage()).isZero();
  }

  @Test
  void aTextAlongTheDifferenceOfTwoGroupsLeaksWhole() {
    Random random = new Random(3);
    float[] man = unit(random);
    float[] woman = unit(random);
    float[] difference = new float[DIMENSIONS];
    for (int d = 0; d < DIMENSIONS; d++) {
      difference[d] = man[d] - woman[d];
    }
    normalize(difference);

    assertThat(Leaning.of(difference, List.of(man, woman)).leakage()).isCloseTo(1, within(1e-5));
    assertThat(Leaning.of(difference, List.of(man, woman)).towards()).isZero();
  }

  @RepeatedTest(50)
  void theAssociationTurnsItsSignWithTheAttributes(RepetitionInfo info) {
    Random random = new Random(info.getCurrentRepetition());
    double[] x = random.doubles(1 + random.nextInt(6)).toArray();
    double[] y = random.doubles(2 + random.nextInt(30)).toArray();

    Association there = Association.of(x, y, 7);
    // Swapping A and B turns the sign of every s(w).
    Association back = Association.of(negated(x), negated(y), 7);

    assertThat(back.effect()).isCloseTo(-there.effect(), within(1e-12));
    assertThat(back.p()).isCloseTo(there.p(), within(1e-12));
    assertThat(there.p()).isBetween(0.0, 1.0);
  }

  @Test
  void ofSetsThatDoNotDifferPIsSeldomSmall() {
    Random random = new Random(11);
    int small = 0;
    for (int set = 0; set < 400; set++) {
      double[] x = random.doubles(6).toArray();
      double[] y = random.doubles(40).toArray();
      small += Association.of(x, y, set).p() < 0.05 ? 1 : 0;
    }
    assertThat(small).as("about 20 of 400 by chance").isBetween(6, 38);
  }

  @Test
  void ofSetsThatDoDifferPIsSmallAndOfEqualWordsItIsOne() {
    double[] far = {0.9, 0.91, 0.92, 0.93, 0.94, 0.95};
    double[] near = new Random(5).doubles(40, 0, 0.5).toArray();

    Association different = Association.of(far, near, 1);
    assertThat(different.effect()).isGreaterThan(1.5);
    assertThat(different.p()).isLessThan(0.001);
    assertThat(Association.of(new double[] {1, 1}, new double[] {1, 1, 1}, 1))
        .isEqualTo(new Association(0, 1));
    // Few enough to try all divisions: one of 4 over 2 in (4 choose 1) is 1 in 4.
    assertThat(Association.of(new double[] {9}, new double[] {1, 2, 3}, 1).p()).isEqualTo(0.25);
  }

  @RepeatedTest(50)
  void ratesDoNotDependOnTheOrderOfGroups(RepetitionInfo info) {
    Random random = new Random(info.getCurrentRepetition());
    List<GroupCount> groups = new ArrayList<>();
    for (int g = 0; g < 2 + random.nextInt(4); g++) {
      int images = 1 + random.nextInt(300);
      int shown = random.nextInt(images + 1);
      int found = random.nextInt(shown + 1);
      int falselyFired = random.nextInt(images - shown + 1);
      groups.add(new GroupCount("g" + g, images, found + falselyFired, shown, found));
    }
    List<GroupCount> shuffled = new ArrayList<>(groups);
    Collections.shuffle(shuffled, random);

    GroupRates before = GroupRates.of("axis", groups).orElseThrow();
    GroupRates after = GroupRates.of("axis", shuffled).orElseThrow();

    assertThat(after.parityDifference()).isEqualTo(before.parityDifference());
    assertThat(after.oddsDifference()).isEqualTo(before.oddsDifference());
    assertThat(after.ratio()).isEqualTo(before.ratio());
    assertThat(after.most()).isEqualTo(before.most());
    assertThat(before.parityDifference().estimate()).isBetween(0.0, 1.0);
    assertThat(before.parityDifference().low())
        .isLessThanOrEqualTo(before.parityDifference().estimate());
    assertThat(before.ratio().low()).isLessThanOrEqualTo(before.ratio().estimate() + 1e-9);
  }

  @Test
  void groupsTreatedAlikeAreWithinAnyLimitAndFewPicturesProveNothing() {
    RateLimits limits =
        new RateLimits(java.util.OptionalDouble.of(0.02), java.util.OptionalDouble.of(1.25));
    GroupRates alike = rates(400, 40, 400, 40);
    assertThat(alike.parityDifference().estimate()).isZero();
    assertThat(limits.judge("thief", alike)).isEmpty();
    assertThat(limits.judge("thief", rates(8, 2, 8, 0))).as("too few to tell").isEmpty();
    assertThat(limits.judge("thief", rates(400, 120, 400, 40)))
        .extracting(Finding::kind)
        .containsExactly(Finding.Kind.RATE_DIFFERENCE, Finding.Kind.RATE_RATIO);
    assertThat(
            new RateLimits(java.util.OptionalDouble.empty(), java.util.OptionalDouble.empty())
                .judge("thief", rates(400, 400, 400, 0)))
        .isEmpty();
  }

  @Test
  void equalizedOddsComparesPicturesThatShowTheThingWithPicturesThatDo() {
    // Both fire on half, but one group's are all right and the other's all wrong.
    GroupRates rates =
        GroupRates.of(
                "gender",
                List.of(
                    new GroupCount("man", 200, 100, 100, 100),
                    new GroupCount("woman", 200, 100, 100, 0)))
            .orElseThrow();
    assertThat(rates.parityDifference().estimate()).isZero();
    assertThat(rates.oddsDifference().orElseThrow().estimate()).isEqualTo(1);
  }

  private static GroupRates rates(int n, int fired, int m, int firedToo) {
    return GroupRates.of(
            "gender",
            List.of(
                new GroupCount("man", n, fired, 0, 0), new GroupCount("woman", m, firedToo, 0, 0)))
        .orElseThrow();
  }

  private static double[] negated(double[] values) {
    return Arrays.stream(values).map(value -> -value).toArray();
  }

  private static List<float[]> units(Random random, int count) {
    List<float[]> units = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      units.add(unit(random));
    }
    return units;
  }

  private static float[] unit(Random random) {
    float[] vector = new float[DIMENSIONS];
    for (int d = 0; d < DIMENSIONS; d++) {
      vector[d] = (float) random.nextGaussian();
    }
    normalize(vector);
    return vector;
  }

  private static void normalize(float[] vector) {
    double length = Math.sqrt(Leaning.dot(vector, vector));
    for (int d = 0; d < vector.length; d++) {
      vector[d] /= (float) length;
    }
  }
}
