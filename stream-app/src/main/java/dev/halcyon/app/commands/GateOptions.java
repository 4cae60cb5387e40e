package dev.halcyon.app.commands;

import dev.halcyon.app.audit.PublishGate;
import dev.halcyon.app.labels.GateWaiver;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Who lets a change pass the publish gate, why and until when. */
final class GateOptions {
  @Option(
      names = "--waiver-by",
      paramLabel = "NAME",
      description = "Let the change pass beyond its limits: who answers for it.")
  private String by;

  @Option(names = "--waiver-reason", paramLabel = "TEXT", description = "Why; in the history.")
  private String reason;

  @Option(
      names = "--waiver-until",
      paramLabel = "DATE",
      description = "Last day, as 2026-12-31; then the next change is judged without it.")
  private String until;

  /**
   * The waiver for what the gate found.
   *
   * @return empty where none was given
   * @throws BadInputException if it is only half there, or over
   */
  Optional<GateWaiver> waiver(PublishGate.Verdict verdict, LocalDate today) {
    if (by == null && reason == null && until == null) {
      return Optional.empty();
    }
    if (by == null || by.isBlank() || reason == null || reason.isBlank() || until == null) {
      throw new BadInputException(
          "a waiver needs all three of --waiver-by, --waiver-reason and --waiver-until");
    }
    LocalDate last;
    try {
      last = LocalDate.parse(until);
    } catch (DateTimeParseException e) {
      throw new BadInputException("--waiver-until " + until + " is no day; write 2026-12-31");
    }
    if (last.isBefore(today)) {
      throw new BadInputException("--waiver-until " + until + " is over; today is " + today);
    }
    return Optional.of(new GateWaiver(by.strip(), reason.strip(), last, verdict.waivable()));
  }
}
