package dev.halcyon.app.models;

/** A model could not be fetched. The message names the file and the remedy. */
public final class PullException extends Exception {
  private static final long serialVersionUID = 1L;

  public PullException(String message) {
    super(message);
  }

  public PullException(String message, Throwable cause) {
    super(message, cause);
  }
}
