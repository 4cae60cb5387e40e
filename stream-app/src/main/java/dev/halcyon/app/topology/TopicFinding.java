package dev.halcyon.app.topology;

import java.util.List;

/**
 * How one topic stands to what it has to be.
 *
 * @param problems what is wrong and the remedy, or what merely differs; a sentence each
 */
public record TopicFinding(String topic, State state, List<String> problems) {
  /** From best to worst. */
  public enum State {
    /** As configured. */
    OK,
    /** Made just now. */
    CREATED,
    /** Usable, though a new topic would be made otherwise. */
    DIFFERS,
    /** A promise of the program does not hold on it. */
    WRONG,
    /** It does not exist. */
    MISSING;

    /** Whether the program can run on the topic and keep its promises. */
    public boolean isUsable() {
      return this != WRONG && this != MISSING;
    }
  }

  public TopicFinding {
    problems = List.copyOf(problems);
  }
}
