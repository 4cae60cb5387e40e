package dev.halcyon.app.topology;

import dev.halcyon.clip.Outcome;
import dev.halcyon.events.state.PendingUpload;
import java.time.Instant;

/**
 * An upload and what became of it, on its way from the window to the decision.
 *
 * @param pending the upload, without its bytes, and where it stands
 * @param outcome evidence, or why there is none
 * @param analyzedAt when the outcome was complete
 */
record AnalyzedUpload(PendingUpload pending, Outcome outcome, Instant analyzedAt) {}
