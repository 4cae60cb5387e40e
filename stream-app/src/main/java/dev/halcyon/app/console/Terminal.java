package dev.halcyon.app.console;

import java.util.Map;

/** What the launcher says about where standard output goes. */
public final class Terminal {
  private static final String PROPERTY = "halcyon.terminal";

  private Terminal() {}

  /** Whether standard output is a terminal; Java itself cannot tell on every version. */
  public static boolean isTerminal() {
    return Boolean.getBoolean(PROPERTY);
  }

  /** Whether to use colours on standard output. */
  public static boolean wantsColours() {
    Map<String, String> environment = System.getenv();
    return Style.coloursWanted(isTerminal(), environment);
  }
}
