package dev.halcyon.app.topology;

import java.util.ArrayList;
import java.util.List;

/**
 * What the windows of one stream thread share: the thread's patience, its commits, and its wait for
 * new uploads, which ends when an analysis of theirs has finished. Lives on that thread, but for
 * {@link #analysisFinished}.
 */
final class WindowsOfThread {
  private final List<PendingWindow> open = new ArrayList<>();
  private long askedMillis;
  private long waitedMillis;
  private boolean unread;

  /** Ends the wait that is under way; null where none is. Guarded by this. */
  private Runnable endOfWait;

  void opened(PendingWindow window) {
    open.add(window);
  }

  void closed(PendingWindow window) {
    open.remove(window);
  }

  /** Windows of the thread, at least 1. */
  int count() {
    return Math.max(1, open.size());
  }

  /** Notes that an outcome was sent, which nobody can read before a commit. */
  void sent() {
    unread = true;
  }

  /** Whether an outcome was sent for which no commit has been asked. */
  boolean hasUnread() {
    return unread;
  }

  /** Whether no commit has been asked for so long; one commits for all windows of the thread. */
  boolean mayCommit(long nowMillis, long spacingMillis) {
    long since = nowMillis - askedMillis;
    // A system time that was set back is no reason to wait until it has caught up.
    return since < 0 || since >= spacingMillis;
  }

  void commitAsked(long nowMillis) {
    askedMillis = nowMillis;
    unread = false;
  }

  /** Notes that an upload has found its window full. */
  void waitedForRoom(long nowMillis) {
    waitedMillis = nowMillis;
  }

  boolean waitedForRoomSince(long millis) {
    return waitedMillis >= millis;
  }

  /**
   * Announces that the thread is about to wait for uploads.
   *
   * @param end ends the wait; called at most once, by another thread, before {@link #endWait}
   *     returns
   * @return whether there is nothing to do: no analysis has finished that the thread has not seen
   */
  boolean beginWait(Runnable end) {
    synchronized (this) {
      endOfWait = end;
    }
    // Asked after the announcement, so that what finishes in between is missed by neither.
    return open.stream().noneMatch(PendingWindow::hasUnseen);
  }

  synchronized void endWait() {
    endOfWait = null;
  }

  /** Ends the thread's wait, if it waits. Called by any thread. */
  synchronized void analysisFinished() {
    if (endOfWait != null) {
      Runnable end = endOfWait;
      endOfWait = null;
      end.run();
    }
  }
}
