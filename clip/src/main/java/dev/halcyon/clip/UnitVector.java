package dev.halcyon.clip;

/** Scales vectors to unit length. */
public final class UnitVector {
  private UnitVector() {}

  /**
   * Scales a vector to unit Euclidean length, in place.
   *
   * @return false, with the vector unchanged, where its length is zero or not finite
   */
  public static boolean normalize(float[] vector) {
    double squares = 0;
    for (float value : vector) {
      squares += (double) value * value;
    }
    double length = Math.sqrt(squares);
    if (!(length > 0) || length == Double.POSITIVE_INFINITY) {
      return false;
    }
    for (int i = 0; i < vector.length; i++) {
      vector[i] = (float) (vector[i] / length);
    }
    return true;
  }
}
