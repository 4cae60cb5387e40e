package dev.halcyon.app.console;

import java.io.PrintStream;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * A progress bar on the last line of a terminal; silent elsewhere. Used by one thread at a time.
 */
public final class Progress implements AutoCloseable {
  private static final int BAR_WIDTH = 28;
  private static final long REDRAW_NANOS = 80_000_000;

  private final PrintStream out;
  private final boolean terminal;
  private final String what;
  private final long total;
  private final LongSupplier nanoClock;
  private final long started;
  private long drawn;
  private boolean visible;

  /**
   * A bar that counts to a total.
   *
   * @param what what is counted, in the plural
   */
  public Progress(
      PrintStream out, boolean terminal, String what, long total, LongSupplier nanoClock) {
    this.out = out;
    this.terminal = terminal;
    this.what = what;
    this.total = total;
    this.nanoClock = nanoClock;
    this.started = nanoClock.getAsLong();
    this.drawn = started - REDRAW_NANOS;
  }

  /** Prints a line above the bar. */
  public void line(String text) {
    clear();
    out.println(text);
  }

  /** Moves the bar. */
  public void at(long done) {
    long now = nanoClock.getAsLong();
    if (!terminal || (done < total && now - drawn < REDRAW_NANOS)) {
      return;
    }
    drawn = now;
    int filled = (int) (total == 0 ? BAR_WIDTH : BAR_WIDTH * Math.min(done, total) / total);
    double seconds = (now - started) / 1e9;
    String rate =
        done == 0 || seconds <= 0
            ? ""
            : String.format(Locale.ROOT, "  %.1f %s/s", done / seconds, what);
    out.print(
        "\r\u001b[K"
            + "█".repeat(filled)
            + "░".repeat(BAR_WIDTH - filled)
            + String.format(Locale.ROOT, "  %d of %d %s", done, total, what)
            + rate);
    out.flush();
    visible = true;
  }

  /** Takes the bar away. */
  @Override
  public void close() {
    clear();
  }

  private void clear() {
    if (visible) {
      out.print("\r\u001b[K");
      out.flush();
      visible = false;
    }
  }
}
