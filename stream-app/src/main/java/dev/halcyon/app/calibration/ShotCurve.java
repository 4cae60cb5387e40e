package dev.halcyon.app.calibration;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * How well a label is learned from 1, 2, 4, 8 and 16 examples a side, held against its prompts
 * (Radford et al. 2021, figure 6). Each seed draws other examples and keeps half of each side apart
 * to be judged on; learned and prompted are judged on the same. The measure is the area under the
 * ROC curve, which needs no threshold.
 *
 * @param prompts the prompts' own, judged on the pictures kept apart
 * @param learned by number of examples, ascending; as far as there are examples
 */
public record ShotCurve(Point prompts, List<Point> learned) {
  private static final int[] SHOTS = {1, 2, 4, 8, 16};

  /**
   * Over all seeds.
   *
   * @param shots examples on each side, 0 for the prompts
   * @param median area under the ROC curve, in [0, 1]
   * @param low the least of all seeds
   * @param high the greatest of all seeds
   */
  public record Point(int shots, double median, double low, double high) {
    static Point of(int shots, double[] areas) {
      double[] sorted = areas.clone();
      Arrays.sort(sorted);
      int middle = sorted.length / 2;
      double median =
          sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
      return new Point(shots, median, sorted[0], sorted[sorted.length - 1]);
    }
  }

  /** A picture: its unit embedding, and what the prompts score it. */
  public record Example(float[] embedding, double promptScore) {}

  /**
   * Draws the curve.
   *
   * @param positives pictures the label must fire on, at least 2
   * @param negatives pictures it must not fire on, at least 2
   * @param seeds how many times, at least once
   * @throws TooFewExamplesException if a side has fewer than 2 pictures
   */
  public static ShotCurve of(List<Example> positives, List<Example> negatives, int seeds)
      throws TooFewExamplesException {
    int fewest = Math.min(positives.size(), negatives.size());
    if (fewest < 2) {
      throw new TooFewExamplesException(
          "too few examples to compare: have "
              + fewest
              + " on one side, need 2: one to learn from and one to judge on");
    }
    int[] shots = Arrays.stream(SHOTS).filter(shot -> shot <= fewest / 2).toArray();
    double[] prompted = new double[seeds];
    double[][] learned = new double[shots.length][seeds];
    for (int seed = 0; seed < seeds; seed++) {
      Random random = new Random(seed);
      Drawn right = Drawn.of(positives, random);
      Drawn wrong = Drawn.of(negatives, random);
      prompted[seed] = RankQuality.area(promptScores(wrong.judge), promptScores(right.judge));
      for (int i = 0; i < shots.length; i++) {
        ProbeFit probe = ProbeFit.of(right.first(shots[i]), wrong.first(shots[i]));
        learned[i][seed] = RankQuality.area(scores(probe, wrong.judge), scores(probe, right.judge));
      }
    }
    List<Point> points = new ArrayList<>();
    for (int i = 0; i < shots.length; i++) {
      points.add(Point.of(shots[i], learned[i]));
    }
    return new ShotCurve(Point.of(0, prompted), points);
  }

  /** One side of one draw. */
  private record Drawn(List<Example> learn, List<Example> judge) {
    static Drawn of(List<Example> examples, Random random) {
      List<Example> shuffled = new ArrayList<>(examples);
      Collections.shuffle(shuffled, random);
      int half = shuffled.size() / 2;
      return new Drawn(shuffled.subList(0, half), shuffled.subList(half, shuffled.size()));
    }

    List<float[]> first(int shots) {
      return IntStream.range(0, shots).mapToObj(i -> learn.get(i).embedding()).toList();
    }
  }

  private static double[] promptScores(List<Example> examples) {
    return examples.stream().mapToDouble(Example::promptScore).toArray();
  }

  private static double[] scores(ProbeFit probe, List<Example> examples) {
    return examples.stream().mapToDouble(example -> probe.score(example.embedding())).toArray();
  }
}
