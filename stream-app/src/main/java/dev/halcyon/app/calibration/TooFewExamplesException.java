package dev.halcyon.app.calibration;

/** There are not enough examples for what is asked. The message says how many are needed. */
public final class TooFewExamplesException extends Exception {
  private static final long serialVersionUID = 1L;

  TooFewExamplesException(String message) {
    super(message);
  }
}
