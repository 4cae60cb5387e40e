package dev.halcyon.clip.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LineFinderTest {
  private static final int SIDE = 128;
  private final LineFinder finder = new LineFinder(SIDE);

  @Test
  void aKernelGrowsBackToItsLine() {
    // A line of 80 x 20 shrinks by area * (1 - 0.4^2) / perimeter as the detector was trained.
    for (double degrees : new double[] {0, 10, 30, -20, -45}) {
      double shrink = 80.0 * 20 * (1 - 0.16) / 200;
      TextLine kernel =
          new TextLine(64, 60, 80 - 2 * shrink, 20 - 2 * shrink, Math.toRadians(degrees), 1);

      List<TextLine> lines = finder.find(map(kernel), SIDE, SIDE);

      assertThat(lines).hasSize(1);
      TextLine line = lines.get(0);
      assertThat(line.centreX()).isCloseTo(64, within(1.5));
      assertThat(line.centreY()).isCloseTo(60, within(1.5));
      assertThat(line.length()).isCloseTo(80, within(9.0));
      assertThat(line.thickness()).isCloseTo(20, within(6.5));
      assertThat(Math.toDegrees(line.radians())).isCloseTo(degrees, within(6.0));
      assertThat(line.confidence()).isCloseTo(0.9f, within(1e-3f));
    }
  }

  @Test
  void linesAreMeasuredInPixelsOfThePicture() {
    float[] map = map(new TextLine(32, 96, 40, 8, 0, 1));
    TextLine line = finder.find(map, 4 * SIDE, 2 * SIDE).get(0);
    assertThat(line.centreX()).isCloseTo(128, within(4.0));
    assertThat(line.centreY()).isCloseTo(192, within(4.0));
    assertThat(line.length()).isGreaterThan(4 * 40.0);
    assertThat(line.thickness()).isBetween(2 * 8.0, 4 * 8.0 * 2);
  }

  @Test
  void whatIsFaintSmallOrNoNumberIsNoLine() {
    float[] faint = new float[SIDE * SIDE];
    paint(faint, new TextLine(64, 64, 60, 10, 0, 1), 0.5f);
    assertThat(finder.find(faint, SIDE, SIDE)).as("mean below the line's threshold").isEmpty();
    assertThat(finder.find(map(new TextLine(64, 64, 60, 2, 0, 1)), SIDE, SIDE))
        .as("thinner than three pixels")
        .isEmpty();
    float[] broken = new float[SIDE * SIDE];
    Arrays.fill(broken, Float.NaN);
    assertThat(finder.find(broken, SIDE, SIDE)).isEmpty();
  }

  @Test
  void theLargestComesFirst() {
    float[] map = map(new TextLine(30, 20, 30, 6, 0, 1));
    paint(map, new TextLine(64, 80, 90, 12, 0, 1), 0.9f);
    List<TextLine> lines = finder.find(map, SIDE, SIDE);
    assertThat(lines).hasSize(2);
    assertThat(lines.get(0).centreY()).isGreaterThan(70);
  }

  @Test
  void noMapBreaksIt() {
    Random random = new Random(7);
    for (int round = 0; round < 40; round++) {
      float[] map = new float[SIDE * SIDE];
      float share = random.nextFloat();
      for (int i = 0; i < map.length; i++) {
        map[i] = random.nextFloat() < share ? 2 * random.nextFloat() : 0;
      }
      int width = 1 + random.nextInt(600);
      int height = 1 + random.nextInt(600);
      List<TextLine> lines = finder.find(map, width, height);
      assertThat(lines).hasSizeLessThanOrEqualTo(256);
      TextMask mask = TextMask.of(lines, width, height);
      assertThat(mask.areaFraction()).isBetween(0f, 1f);
      for (TextLine line : lines) {
        assertThat(line.length()).isPositive();
        assertThat(line.thickness()).isPositive();
        assertThat(line.confidence()).isBetween(0f, 1f);
      }
    }
    float[] full = new float[SIDE * SIDE];
    Arrays.fill(full, 1);
    assertThat(TextMask.of(finder.find(full, 300, 200), 300, 200).areaFraction()).isEqualTo(1f);
  }

  private static float[] map(TextLine kernel) {
    float[] map = new float[SIDE * SIDE];
    paint(map, kernel, 0.9f);
    return map;
  }

  private static void paint(float[] map, TextLine line, float probability) {
    TextMask.exactly(line, SIDE, SIDE).pixels().stream().forEach(at -> map[at] = probability);
  }
}
