package dev.halcyon.app.calibration;

import de.bwaldvogel.liblinear.Feature;
import de.bwaldvogel.liblinear.FeatureNode;
import de.bwaldvogel.liblinear.Linear;
import de.bwaldvogel.liblinear.Model;
import de.bwaldvogel.liblinear.Parameter;
import de.bwaldvogel.liblinear.Problem;
import de.bwaldvogel.liblinear.SolverType;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A linear probe on unit image embeddings: logistic regression with L2 regularisation (Radford et
 * al. 2021, section 3.2), both sides weighted alike, so that 0.5 is where they are equally near
 * whatever their numbers.
 *
 * @param weights one an embedding dimension
 * @param bias added to the product of weights and embedding
 * @param cost factor of the loss against the regularisation, as chosen by cross-validation
 * @param positiveScores of each positive, by a probe that was fitted without it; empty where there
 *     are too few examples to leave some out
 * @param negativeScores the same of each negative
 */
public record ProbeFit(
    float[] weights, double bias, double cost, double[] positiveScores, double[] negativeScores) {
  private static final double[] COSTS = {1, 10, 100, 1_000, 10_000};

  /** The cost that does best where there is no telling: a handful of examples on each side. */
  private static final double USUAL_COST = 100;

  private static final int FOLDS = 5;
  private static final double ACCURACY = 1e-4;

  static {
    Linear.disableDebugOutput();
  }

  /**
   * Fits a probe, and chooses its regularisation by cross-validation where each side has five
   * examples or more.
   *
   * @param positives unit embeddings of what the label must fire on, at least one
   * @param negatives unit embeddings of what it must not, at least one
   */
  public static ProbeFit of(List<float[]> positives, List<float[]> negatives) {
    if (positives.isEmpty() || negatives.isEmpty()) {
      throw new IllegalArgumentException("a probe needs examples on both sides");
    }
    if (Math.min(positives.size(), negatives.size()) < FOLDS) {
      Probe probe = fit(positives, negatives, USUAL_COST);
      return new ProbeFit(probe.weights, probe.bias, USUAL_COST, new double[0], new double[0]);
    }
    double best = Double.POSITIVE_INFINITY;
    ProbeFit chosen = null;
    for (double cost : COSTS) {
      double[] positiveScores = new double[positives.size()];
      double[] negativeScores = new double[negatives.size()];
      for (int fold = 0; fold < FOLDS; fold++) {
        Probe probe = fit(without(positives, fold), without(negatives, fold), cost);
        score(probe, positives, fold, positiveScores);
        score(probe, negatives, fold, negativeScores);
      }
      double loss = loss(positiveScores, false) + loss(negativeScores, true);
      if (loss < best) {
        best = loss;
        chosen = new ProbeFit(new float[0], 0, cost, positiveScores, negativeScores);
      }
    }
    Probe probe = fit(positives, negatives, chosen.cost);
    return new ProbeFit(
        probe.weights, probe.bias, chosen.cost, chosen.positiveScores, chosen.negativeScores);
  }

  /** The probe's score of an embedding, in [0, 1]. */
  public double score(float[] embedding) {
    return new Probe(weights, bias).score(embedding);
  }

  private record Probe(float[] weights, double bias) {
    double score(float[] embedding) {
      double logit = bias;
      for (int d = 0; d < weights.length; d++) {
        logit += (double) weights[d] * embedding[d];
      }
      return 1 / (1 + Math.exp(-logit));
    }
  }

  /**
   * Minimises {@code |w|^2 / 2 + cost * (mean loss of the positives + mean loss of the negatives)};
   * the bias is not regularised.
   */
  private static Probe fit(List<float[]> positives, List<float[]> negatives, double cost) {
    int dimensions = positives.get(0).length;
    Problem problem = new Problem();
    problem.l = positives.size() + negatives.size();
    problem.n = dimensions + 1;
    problem.bias = 1;
    problem.x = new Feature[problem.l][];
    problem.y = new double[problem.l];
    for (int i = 0; i < problem.l; i++) {
      boolean positive = i < positives.size();
      problem.x[i] = features(positive ? positives.get(i) : negatives.get(i - positives.size()));
      problem.y[i] = positive ? 1 : 0;
    }
    Parameter parameter = new Parameter(SolverType.L2R_LR, cost, ACCURACY);
    parameter.setWeights(
        new double[] {1.0 / positives.size(), 1.0 / negatives.size()}, new int[] {1, 0});
    parameter.setRegularizeBias(false);
    Model model = Linear.train(problem, parameter);
    double[] found = model.getFeatureWeights();
    int sign = model.getLabels()[0] == 1 ? 1 : -1;
    float[] weights = new float[dimensions];
    for (int d = 0; d < dimensions; d++) {
      weights[d] = (float) (sign * found[d]);
    }
    return new Probe(weights, sign * found[dimensions]);
  }

  private static Feature[] features(float[] embedding) {
    Feature[] features = new Feature[embedding.length + 1];
    for (int d = 0; d < embedding.length; d++) {
      features[d] = new FeatureNode(d + 1, embedding[d]);
    }
    features[embedding.length] = new FeatureNode(embedding.length + 1, 1);
    return features;
  }

  private static List<float[]> without(List<float[]> examples, int fold) {
    return IntStream.range(0, examples.size())
        .filter(i -> i % FOLDS != fold)
        .mapToObj(examples::get)
        .toList();
  }

  private static void score(Probe probe, List<float[]> examples, int fold, double[] scores) {
    for (int i = fold; i < scores.length; i += FOLDS) {
      scores[i] = probe.score(examples.get(i));
    }
  }

  private static double loss(double[] scores, boolean negative) {
    double sum = 0;
    for (double score : scores) {
      sum -= Math.log(Math.max(1e-12, negative ? 1 - score : score));
    }
    return sum / scores.length;
  }
}
