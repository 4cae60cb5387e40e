package dev.halcyon.app.commands;

/** Exit codes of the program. */
public final class ExitCode {
  /** All went well. */
  public static final int OK = 0;

  /** The work was begun and failed: a check did not hold, the engine or the broker broke. */
  public static final int FAILED = 1;

  /** The input cannot be used: an option, a file, a folder, an address. */
  public static final int BAD_INPUT = 2;

  /** Two operators changed the same label set; nothing was written. */
  public static final int CONFLICT = 3;

  private ExitCode() {}
}
