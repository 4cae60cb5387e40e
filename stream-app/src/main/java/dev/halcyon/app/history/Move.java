package dev.halcyon.app.history;

import dev.halcyon.events.SourceRef;
import java.util.Comparator;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * One image whose decision moved, and the label that moved it most.
 *
 * @param imageId identity of the image
 * @param surface its surface
 * @param change what becomes of it
 * @param label the label
 * @param severity of the label, the higher of before and after
 * @param before how the label stood
 * @param after how it stands
 * @param place where the image may still be had
 */
public record Move(
    String imageId,
    Optional<String> surface,
    Change change,
    String label,
    int severity,
    Side before,
    Side after,
    Place place) {

  /** Gravest change first, then the gravest label, then the farthest move. */
  static final Comparator<Move> FARTHEST_FIRST =
      Comparator.comparing(Move::change)
          .thenComparing(Move::severity, Comparator.reverseOrder())
          .thenComparing(Move::distance, Comparator.reverseOrder())
          .thenComparing(Move::imageId);

  /**
   * One side of a move.
   *
   * @param action what the label does: none, tag, review, block or shadow
   * @param score its score, where the set has the label
   * @param threshold the score from which it fires, likewise
   */
  public record Side(String action, OptionalDouble score, OptionalDouble threshold) {
    static final String NONE = "none";

    private double margin() {
      return score.isPresent() && threshold.isPresent()
          ? score.getAsDouble() - threshold.getAsDouble()
          : 0;
    }
  }

  /**
   * Where an image was found.
   *
   * @param source its upload
   * @param uri where it was fetched, if it was
   * @param contentSha256 of the encoded image, in hex
   */
  record Place(SourceRef source, Optional<String> uri, String contentSha256) {}

  /** How far the score moved, as seen from its threshold. */
  public double distance() {
    return Math.abs(after.margin() - before.margin());
  }
}
