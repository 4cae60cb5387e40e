package dev.halcyon.app.report;

/** A report cannot be written; the message names the file or the field and says why. */
public final class ReportException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  ReportException(String message, Throwable cause) {
    super(message, cause);
  }
}
