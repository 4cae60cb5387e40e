package dev.halcyon.app.topology;

/** What the windows of each stream thread share: the thread's patience, and its commits. */
final class WindowsOfThread {
  private final ThreadLocal<Shared> shared = ThreadLocal.withInitial(Shared::new);

  void opened() {
    shared.get().open++;
  }

  void closed() {
    shared.get().open--;
  }

  /** Windows of the calling thread, at least 1. */
  int count() {
    return Math.max(1, shared.get().open);
  }

  /**
   * Whether a window of the calling thread may ask for a commit, which commits for all of them:
   * only if none has been given leave for so long.
   */
  boolean mayCommit(long nowMillis, long spacingMillis) {
    Shared of = shared.get();
    long since = nowMillis - of.askedMillis;
    // A system time that was set back is no reason to wait until it has caught up.
    if (since >= 0 && since < spacingMillis) {
      return false;
    }
    of.askedMillis = nowMillis;
    return true;
  }

  private static final class Shared {
    private int open;
    private long askedMillis;
  }
}
