package dev.halcyon.app.audit;

import java.util.Random;

/**
 * A word embedding association test (Caliskan et al. 2017): are the words X nearer than the words Y
 * to A rather than B? Each word w comes in as {@code s(w) = mean_A cos(w, a) - mean_B cos(w, b)};
 * the effect is {@code d = (mean_X s - mean_Y s) / sd_{X and Y} s}.
 *
 * @param effect d, by custom large from 0.8; 0 where all words are alike
 * @param p two-sided permutation p: the share of divisions of the same words into sets of these
 *     sizes whose difference of means is at least as large
 */
record Association(double effect, double p) {
  private static final int MOST_EXACT = 20_000;
  private static final int DRAWS = 4_999;
  private static final double TIE = 1e-12;

  /**
   * Tests.
   *
   * @param x s(w) of the words X, at least one
   * @param y s(w) of the words Y, at least one
   * @param seed of the draws, where there are too many divisions to try them all
   */
  static Association of(double[] x, double[] y, long seed) {
    double[] all = new double[x.length + y.length];
    System.arraycopy(x, 0, all, 0, x.length);
    System.arraycopy(y, 0, all, x.length, y.length);
    double sum = 0;
    for (double value : all) {
      sum += value;
    }
    double mean = sum / all.length;
    double squares = 0;
    for (double value : all) {
      squares += (value - mean) * (value - mean);
    }
    double deviation = all.length < 2 ? 0 : Math.sqrt(squares / (all.length - 1));
    double seen = difference(sumOf(x), x.length, sum, all.length);
    if (deviation < TIE) {
      return new Association(0, 1);
    }
    double p =
        divisions(all.length, x.length) <= MOST_EXACT
            ? exact(all, x.length, sum, seen)
            : drawn(all, x.length, sum, seen, new Random(seed));
    return new Association(seen / deviation, p);
  }

  private static double sumOf(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    return sum;
  }

  /** Difference of the means of a part and of the rest. */
  private static double difference(double part, int size, double sum, int count) {
    return part / size - (sum - part) / (count - size);
  }

  private static double divisions(int count, int size) {
    double product = 1;
    for (int i = 1; i <= Math.min(size, count - size); i++) {
      product = product * (count - i + 1) / i;
    }
    return product;
  }

  private static double exact(double[] all, int size, double sum, double seen) {
    int[] chosen = new int[size];
    for (int i = 0; i < size; i++) {
      chosen[i] = i;
    }
    long asLarge = 0;
    long total = 0;
    while (true) {
      double part = 0;
      for (int index : chosen) {
        part += all[index];
      }
      total++;
      if (Math.abs(difference(part, size, sum, all.length)) >= Math.abs(seen) - TIE) {
        asLarge++;
      }
      int last = size - 1;
      while (last >= 0 && chosen[last] == all.length - size + last) {
        last--;
      }
      if (last < 0) {
        return (double) asLarge / total;
      }
      chosen[last]++;
      for (int i = last + 1; i < size; i++) {
        chosen[i] = chosen[i - 1] + 1;
      }
    }
  }

  private static double drawn(double[] all, int size, double sum, double seen, Random random) {
    double[] deck = all.clone();
    int asLarge = 0;
    for (int draw = 0; draw < DRAWS; draw++) {
      double part = 0;
      for (int i = 0; i < size; i++) {
        int other = i + random.nextInt(deck.length - i);
        double picked = deck[other];
        deck[other] = deck[i];
        deck[i] = picked;
        part += picked;
      }
      if (Math.abs(difference(part, size, sum, deck.length)) >= Math.abs(seen) - TIE) {
        asLarge++;
      }
    }
    return (1.0 + asLarge) / (1.0 + DRAWS);
  }
}
