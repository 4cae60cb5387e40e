package dev.halcyon.app.topology;

/**
 * The topology with a window nobody remembers: what the kill matrix must catch. In this package, as
 * the program itself offers no such thing.
 */
public final class ForgetfulTopology {
  private ForgetfulTopology() {}

  /** As {@link ModerationTopology#build}, but the window's store has no changelog. */
  public static ModerationTopology build(
      ModerationTopology.Parts parts, ModerationTopology.Settings settings) {
    return ModerationTopology.build(parts, settings, false);
  }
}
