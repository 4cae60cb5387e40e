package dev.halcyon.app.audit;

import java.util.Locale;

/**
 * One thing the audit has to say about a label.
 *
 * @param label its id
 * @param kind what kind of thing
 * @param level how much it weighs
 * @param sentence what was found, as a plain sentence
 * @param remedy what would help, as a plain sentence
 */
public record Finding(String label, Kind kind, Level level, String sentence, String remedy) {

  /** What is found. */
  public enum Kind {
    /** The label's words lean towards a group more than everyday sentences do. */
    LEANING,
    /** The label's words are associated with a group beyond chance. */
    ASSOCIATION,
    /** A label of crime or of an animal leaves a person or a child nowhere else to go. */
    NO_ALTERNATIVE,
    /** The label judges a person instead of saying what can be seen. */
    JUDGING_WORD,
    /** A sensitive label without alternatives that are scored. */
    SENSITIVE_WITHOUT_ALTERNATIVE,
    /** A sensitive label blocks, and nobody answers for it today. */
    BLOCK_WITHOUT_WAIVER,
    /** The label fires on its own name in writing, and no flag says so. */
    WRITTEN_WORD,
    /** Groups of labelled pictures are treated too differently. */
    RATE_DIFFERENCE,
    /** One group of labelled pictures is harmed too many times as often as another. */
    RATE_RATIO;

    /** Name as reports write it. */
    public String id() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /** How much a finding weighs. */
  public enum Level {
    /** Worth knowing. */
    NOTE,
    /** Look at it before publishing. */
    WARNING,
    /** Beyond a limit: the gate refuses it unless somebody answers for it. */
    BEYOND;

    /** Name as reports write it. */
    public String id() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
