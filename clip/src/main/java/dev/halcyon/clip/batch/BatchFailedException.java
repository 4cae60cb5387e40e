package dev.halcyon.clip.batch;

/** A batch was not computed. */
public final class BatchFailedException extends Exception {
  private static final long serialVersionUID = 1L;

  /** What is known of the cause. */
  public enum Kind {
    /** The device had no memory for a batch of this size. */
    OUT_OF_MEMORY,
    /** The computation failed; an item or the device may be at fault. */
    FAILED,
    /** The device is gone: no batch will succeed. */
    DEVICE_LOST
  }

  private final Kind kind;

  public BatchFailedException(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }
}
