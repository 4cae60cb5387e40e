package dev.halcyon.app.topology;

/** Counts the windows each stream thread has open; they share the thread's patience. */
final class WindowsOfThread {
  private final ThreadLocal<int[]> open = ThreadLocal.withInitial(() -> new int[1]);

  void opened() {
    open.get()[0]++;
  }

  void closed() {
    open.get()[0]--;
  }

  /** Windows of the calling thread, at least 1. */
  int count() {
    return Math.max(1, open.get()[0]);
  }
}
