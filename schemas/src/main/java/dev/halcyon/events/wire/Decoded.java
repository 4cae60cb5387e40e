package dev.halcyon.events.wire;

/** What became of a record's bytes: an event, or the reason why they are none. */
public sealed interface Decoded<T> {
  /**
   * The event.
   *
   * @param value never null
   */
  record Value<T>(T value) implements Decoded<T> {}

  /**
   * Bytes that are no such event, and never will be.
   *
   * @param reason one sentence for a person
   */
  record Undecodable<T>(String reason) implements Decoded<T> {}
}
