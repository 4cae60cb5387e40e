package dev.halcyon.clip;

/**
 * The model or the engine's settings cannot be used. The message names the file or setting, what is
 * wrong with it, and the remedy. Thrown at start-up only.
 */
public final class ModelException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public ModelException(String message) {
    super(message);
  }

  public ModelException(String message, Throwable cause) {
    super(message, cause);
  }
}
