package dev.halcyon.app.commands;

/**
 * The input of a command cannot be used. The message names the thing and the remedy; the program
 * prints it without a stack trace and ends with {@link ExitCode#BAD_INPUT}.
 */
public final class BadInputException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public BadInputException(String message) {
    super(message);
  }
}
