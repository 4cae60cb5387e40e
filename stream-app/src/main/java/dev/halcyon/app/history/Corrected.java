package dev.halcyon.app.history;

import dev.halcyon.events.AlertEvent;
import dev.halcyon.events.LabelSetRef;
import dev.halcyon.events.TagEvent;
import java.util.List;

/**
 * One image whose decision is put right.
 *
 * @param change what becomes of it
 * @param before the label set that had decided
 * @param tags the corrective tag event
 * @param alerts the corrective alert events: raised, changed and released
 */
public record Corrected(Change change, LabelSetRef before, TagEvent tags, List<AlertEvent> alerts) {
  public Corrected {
    alerts = List.copyOf(alerts);
  }
}
