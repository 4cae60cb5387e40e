package dev.halcyon.app.models;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;

/** Closes a body that has been silent for too long, so that its reader is not left waiting. */
final class StallGuard implements AutoCloseable {
  private final InputStream body;
  private final long silenceNanos;
  private final Thread thread;
  private volatile long heard = System.nanoTime();

  StallGuard(InputStream body, Duration silence) {
    this.body = body;
    this.silenceNanos = silence.toNanos();
    this.thread = new Thread(this::watch, "halcyon-download-guard");
    thread.setDaemon(true);
    thread.start();
  }

  /** Something was read. */
  void alive() {
    heard = System.nanoTime();
  }

  private void watch() {
    try {
      while (true) {
        long left = silenceNanos - (System.nanoTime() - heard);
        if (left <= 0) {
          body.close();
          return;
        }
        Thread.sleep(Math.max(1, left / 1_000_000));
      }
    } catch (InterruptedException | IOException e) {
      // The reader is done, or sees the failure itself.
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
