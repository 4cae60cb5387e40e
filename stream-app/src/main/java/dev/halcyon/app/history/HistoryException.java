package dev.halcyon.app.history;

/** The past cannot be read or corrected; the message names the topic or setting and the remedy. */
public final class HistoryException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public HistoryException(String message) {
    super(message);
  }

  public HistoryException(String message, Throwable cause) {
    super(message, cause);
  }
}
