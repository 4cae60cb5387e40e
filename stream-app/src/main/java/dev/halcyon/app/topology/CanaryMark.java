package dev.halcyon.app.topology;

import dev.halcyon.events.ImageUpload;
import java.util.Optional;

/**
 * The mark of a canary picture: the attribute {@code halcyon.canary} of its upload, which names the
 * replay. The mark alone diverts nothing, or whoever can set it could hide a picture from
 * moderation: only a marked upload whose bytes are those of a canary picture this instance knows is
 * taken as one, and any other marked upload is rejected.
 */
public final class CanaryMark {
  /** The attribute; its value is the name of the replay. */
  public static final String ATTRIBUTE = "halcyon.canary";

  private static final int MOST_RUN_CHARS = 64;

  private CanaryMark() {}

  /** The replay an upload is marked as part of. */
  static Optional<String> runOf(ImageUpload upload) {
    return Optional.ofNullable(upload.getAttributes().get(ATTRIBUTE))
        .map(run -> run.length() > MOST_RUN_CHARS ? run.substring(0, MOST_RUN_CHARS) : run);
  }
}
