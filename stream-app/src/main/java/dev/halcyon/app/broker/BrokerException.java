package dev.halcyon.app.broker;

/** The broker in this JVM cannot be started or stopped. The message names the node and why. */
public final class BrokerException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  BrokerException(String message, Throwable cause) {
    super(message, cause);
  }
}
