package dev.halcyon.clip;

import java.util.Objects;

/**
 * The image could not be analyzed, and trying again would not help.
 *
 * @param reason the reason code
 * @param detail one sentence for a person: what was wrong, and the limit or remedy
 */
public record Rejected(RejectReason reason, String detail) implements Outcome {
  public Rejected {
    Objects.requireNonNull(reason, "reason");
    Objects.requireNonNull(detail, "detail");
  }
}
