package dev.halcyon.bench.shapes;

/**
 * How like two ways of computing embeddings are, over some pictures.
 *
 * @param cosine the least
 * @param meanCosine the mean
 * @param error the greatest distance of two embeddings, as a share of the reference's length
 */
public record Likeness(double cosine, double meanCosine, double error) {
  /** Of embeddings of the same pictures, in the same order, at least one. */
  public static Likeness of(float[][] found, float[][] reference) {
    double least = 1;
    double sum = 0;
    double error = 0;
    for (int i = 0; i < found.length; i++) {
      double dot = 0;
      double foundSquares = 0;
      double squares = 0;
      double distance = 0;
      for (int k = 0; k < found[i].length; k++) {
        double a = found[i][k];
        double b = reference[i][k];
        dot += a * b;
        foundSquares += a * a;
        squares += b * b;
        distance += (a - b) * (a - b);
      }
      double cosine = dot / Math.sqrt(foundSquares * squares);
      least = Math.min(least, cosine);
      sum += cosine;
      error = Math.max(error, Math.sqrt(distance / squares));
    }
    return new Likeness(least, sum / found.length, error);
  }
}
