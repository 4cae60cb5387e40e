package dev.halcyon.app.console;

import java.util.Map;

/** Colours of a terminal, or none where the output is no terminal. */
public enum Style {
  PLAIN(""),
  BOLD("1"),
  DIM("2"),
  RED("31"),
  GREEN("32"),
  YELLOW("33"),
  CYAN("36");

  private final String code;

  Style(String code) {
    this.code = code;
  }

  /** The text in this style, or the text alone where colours are off. */
  public String paint(String text, boolean colours) {
    return !colours || this == PLAIN || text.isEmpty()
        ? text
        : "\u001b[" + code + "m" + text + "\u001b[0m";
  }

  /**
   * Whether to use colours: on a terminal, unless NO_COLOR is set or TERM is dumb.
   *
   * @param terminal whether the output goes to a terminal
   */
  public static boolean coloursWanted(boolean terminal, Map<String, String> environment) {
    return terminal
        && environment.getOrDefault("NO_COLOR", "").isEmpty()
        && !"dumb".equals(environment.get("TERM"));
  }
}
