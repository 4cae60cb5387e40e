package dev.halcyon.app.audit;

/**
 * What became of the labelled pictures of one group under one label.
 *
 * @param group name of the group
 * @param images pictures decided
 * @param fired pictures the label fired on or sent to review
 * @param shown pictures that do show what the label is for
 * @param found those of them that it fired on
 */
public record GroupCount(String group, long images, long fired, long shown, long found) {
  public GroupCount {
    if (images < 0 || fired < 0 || fired > images || shown > images || found > shown) {
      throw new IllegalArgumentException(
          group + ": " + fired + " of " + images + " images, " + found + " of " + shown);
    }
  }

  /** Pictures that do not show what the label is for. */
  long notShown() {
    return images - shown;
  }

  /** Those of them that it fired on all the same. */
  long falselyFired() {
    return fired - found;
  }
}
