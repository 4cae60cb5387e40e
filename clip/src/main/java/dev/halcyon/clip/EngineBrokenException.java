package dev.halcyon.clip;

/** The engine is broken for good (device lost, runtime failed): no image is at fault. */
public final class EngineBrokenException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public EngineBrokenException(String message, Throwable cause) {
    super(message, cause);
  }
}
