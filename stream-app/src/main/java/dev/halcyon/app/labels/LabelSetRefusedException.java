package dev.halcyon.app.labels;

import java.util.List;

/** A label set cannot be used. Each problem names the path, the value and the remedy. */
public final class LabelSetRefusedException extends Exception {
  private static final long serialVersionUID = 1L;

  private final List<String> problems;

  /**
   * A refusal.
   *
   * @param problems all that was found, never empty
   */
  public LabelSetRefusedException(List<String> problems) {
    super(String.join("; ", problems));
    this.problems = List.copyOf(problems);
  }

  /** All that was found. */
  public List<String> problems() {
    return problems;
  }
}
