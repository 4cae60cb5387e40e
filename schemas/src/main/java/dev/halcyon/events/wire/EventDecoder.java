package dev.halcyon.events.wire;

/**
 * Reads record values where a broken one is to become a result, not an exception.
 *
 * @param <T> the event
 */
public interface EventDecoder<T> {
  /**
   * Reads one value. Safe for use by many threads.
   *
   * @param topic where the record was read
   * @param bytes the record's value; null, which is no event, is undecodable
   * @throws RegistryException where the registry does not answer or refuses: that says nothing
   *     about the record, which must be read again later
   */
  Decoded<T> decode(String topic, byte[] bytes);
}
