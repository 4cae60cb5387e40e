package dev.halcyon.labels;

import java.util.List;
import java.util.Optional;

/** One part of a label set that is not as it was. */
public sealed interface Change {
  /** The part. */
  Part part();

  /**
   * A part of a label set.
   *
   * @param kind what it is
   * @param id its id; the set's name for the set's own fields
   */
  record Part(Kind kind, String id) {
    /** The kinds of parts, in the order of the document. */
    public enum Kind {
      /** The set's own fields. */
      SET,
      /** A prompt template. */
      TEMPLATE,
      /** A label group. */
      GROUP,
      /** A label. */
      LABEL
    }
  }

  /**
   * The part is new.
   *
   * @param fields what it says beyond the defaults
   */
  record Added(Part part, List<FieldChange> fields) implements Change {
    public Added {
      fields = List.copyOf(fields);
    }
  }

  /** The part is gone. */
  record Removed(Part part) implements Change {}

  /**
   * The part was there and says something else.
   *
   * @param fields what differs, in the order of the fields, never empty
   */
  record Changed(Part part, List<FieldChange> fields) implements Change {
    public Changed {
      fields = List.copyOf(fields);
    }
  }

  /** One field of a part that is not as it was. */
  sealed interface FieldChange {
    /** The field, as {@code typographic.mode}; a map's entry, as {@code display.de}. */
    String field();

    /**
     * A plain value changed.
     *
     * @param before what it was, in words fit to show
     * @param after what it is now
     */
    record Value(String field, Optional<String> before, Optional<String> after)
        implements FieldChange {}

    /**
     * Texts came or went.
     *
     * @param added texts that are new
     * @param removed texts that are gone
     */
    record Texts(String field, List<String> added, List<String> removed) implements FieldChange {
      public Texts {
        added = List.copyOf(added);
        removed = List.copyOf(removed);
      }
    }

    /** The same items stand in another order, which changes no decision. */
    record Order(String field) implements FieldChange {}
  }
}
