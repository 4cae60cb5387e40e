package dev.halcyon.app.decision;

import java.util.List;
import java.util.Optional;

/**
 * Where the deciders in force come from. Safe for use by any thread; each call may give a newer
 * version, so one image is decided by what one call gave.
 */
@FunctionalInterface
public interface DeciderSource {
  /** The decider in force for uploads of a surface. */
  Decider forSurface(Optional<String> surface);

  /** What decides canary pictures sent as uploads of a surface. */
  default CanaryPolicy forCanaries(Optional<String> surface) {
    return new CanaryPolicy(forSurface(surface), List.of());
  }
}
