package dev.halcyon.labels;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * One thing wrong with a label set, for the person who wrote it.
 *
 * @param path where, as {@code labels[2].threshold}; empty for the document as a whole
 * @param value what stands there, as written and shortened
 * @param message what is wrong with it and what would be right
 * @param line line of the document, from 1, where it is known
 */
public record Problem(String path, Optional<String> value, String message, OptionalInt line) {
  Problem(String path, String value, String message) {
    this(path, Optional.of(value), message, OptionalInt.empty());
  }

  Problem(String path, String message) {
    this(path, Optional.empty(), message, OptionalInt.empty());
  }

  Problem at(int where) {
    return where > 0 ? new Problem(path, value, message, OptionalInt.of(where)) : this;
  }

  /**
   * The problem as one line of text.
   *
   * @param source file or topic the document came from
   */
  public String render(String source) {
    return source + ": " + this;
  }

  /** The problem as one line of text, without its source. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    if (!path.isEmpty()) {
      text.append(path).append(' ');
    }
    value.ifPresent(shown -> text.append(shown).append(' '));
    text.append(message);
    line.ifPresent(number -> text.append(" (line ").append(number).append(')'));
    return text.toString();
  }
}
