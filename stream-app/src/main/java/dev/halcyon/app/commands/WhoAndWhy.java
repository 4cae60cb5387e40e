package dev.halcyon.app.commands;

import picocli.CommandLine.Option;

/** Who changes a label set, and why. */
final class WhoAndWhy {
  @Option(
      names = "--reason",
      required = true,
      paramLabel = "TEXT",
      description = "Why; kept in the history.")
  private String reason;

  @Option(
      names = "--author",
      paramLabel = "NAME",
      description = "Who; the system's user where absent.")
  private String author;

  String reason() {
    if (reason.isBlank()) {
      throw new BadInputException("--reason is empty; say why, for those who come after");
    }
    return reason.strip();
  }

  String author() {
    return author == null ? System.getProperty("user.name") : author;
  }
}
