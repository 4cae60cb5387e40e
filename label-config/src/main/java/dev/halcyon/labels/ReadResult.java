package dev.halcyon.labels;

import java.util.List;

/** What became of a document: a label set, or everything that is wrong with it. */
public sealed interface ReadResult {
  /**
   * The document is a sound label set.
   *
   * @param labelSet defaults filled in
   */
  record Read(LabelSet labelSet) implements ReadResult {}

  /**
   * The document cannot be used.
   *
   * @param problems all that was found, in the document's order, never empty
   */
  record Faulty(List<Problem> problems) implements ReadResult {
    public Faulty {
      problems = List.copyOf(problems);
    }
  }
}
