package dev.halcyon.app.labels;

import java.time.LocalDate;
import java.util.List;

/**
 * Who let a change pass the publish gate beyond the pack's limits.
 *
 * @param by who answers for it
 * @param reason why
 * @param until last day (UTC) on which it holds
 * @param findings what it lets pass, each as the label, a colon and the kind of finding
 */
public record GateWaiver(String by, String reason, LocalDate until, List<String> findings) {
  public GateWaiver {
    if (by.isBlank() || reason.isBlank()) {
      throw new IllegalArgumentException("a waiver needs who answers for it and why");
    }
    findings = List.copyOf(findings);
  }

  static GateWaiver of(dev.halcyon.events.GateWaiver event) {
    return new GateWaiver(event.getBy(), event.getReason(), event.getUntil(), event.getFindings());
  }

  dev.halcyon.events.GateWaiver toEvent() {
    return new dev.halcyon.events.GateWaiver(by, reason, until, findings);
  }

  /** Whether it still holds on a day. */
  public boolean holds(LocalDate day) {
    return !day.isAfter(until);
  }

  /** Whether it lets anything of a label pass. */
  public boolean covers(String label) {
    return findings.stream().anyMatch(finding -> finding.startsWith(label + ":"));
  }

  @Override
  public String toString() {
    return by + " until " + until + ": " + reason + " (" + String.join(", ", findings) + ")";
  }
}
