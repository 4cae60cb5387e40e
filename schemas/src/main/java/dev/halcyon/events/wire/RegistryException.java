package dev.halcyon.events.wire;

import org.apache.kafka.common.KafkaException;

/**
 * The schema registry does not answer, or refuses what this program needs of it. It says nothing
 * about any one record: no record may be given up because of it. The message names the URL and the
 * remedy, and never a credential.
 */
public final class RegistryException extends KafkaException {
  private static final long serialVersionUID = 1L;

  RegistryException(String message) {
    super(message);
  }

  RegistryException(String message, Throwable cause) {
    super(message, cause);
  }
}
