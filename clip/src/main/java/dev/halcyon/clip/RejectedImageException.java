package dev.halcyon.clip;

/**
 * Thrown inside the analysis of one image that turns out to be unusable; the analyzer turns it into
 * a {@link Rejected}. Carries no stack trace: it is data, and hostile uploads cause it in numbers.
 */
public final class RejectedImageException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final RejectReason reason;

  public RejectedImageException(RejectReason reason, String detail) {
    super(detail, null, false, false);
    this.reason = reason;
  }

  /** The outcome this stands for. */
  public Rejected rejected() {
    return new Rejected(reason, getMessage());
  }
}
