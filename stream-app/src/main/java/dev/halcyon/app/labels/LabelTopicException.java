package dev.halcyon.app.labels;

/**
 * The topics of label sets cannot be used: no answer, no topic, nothing in force. The message names
 * the address, the topic and the remedy.
 */
public final class LabelTopicException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public LabelTopicException(String message) {
    super(message);
  }

  public LabelTopicException(String message, Throwable cause) {
    super(message, cause);
  }
}
