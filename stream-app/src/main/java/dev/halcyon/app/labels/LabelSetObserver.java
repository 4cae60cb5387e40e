package dev.halcyon.app.labels;

import dev.halcyon.app.decision.LabelSetVersion;

/**
 * Is told what becomes of label sets on this instance, for metrics. Called by the feed's thread,
 * and {@link #overQuota} and {@link #undecided} by stream threads; must not block.
 */
public interface LabelSetObserver {
  /** A version came into force. */
  void inForce(LabelSetVersion version);

  /** A set is no longer in force. */
  void retired(String name);

  /** A record was refused. */
  void refused(String name);

  /** A label went to shadow because it alerted on too much. */
  void overQuota(LabelSetVersion version, String label);

  /** An image came from a surface that no label set in force decides. */
  void undecided();

  /** Nobody listens. */
  static LabelSetObserver none() {
    return new LabelSetObserver() {
      @Override
      public void inForce(LabelSetVersion version) {}

      @Override
      public void retired(String name) {}

      @Override
      public void refused(String name) {}

      @Override
      public void overQuota(LabelSetVersion version, String label) {}

      @Override
      public void undecided() {}
    };
  }
}
