package dev.halcyon.app.audit;

import java.io.Serial;

/** A set of canary pictures cannot be used; the message names the file and the remedy. */
public final class CanarySetException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  public CanarySetException(String message) {
    super(message);
  }
}
