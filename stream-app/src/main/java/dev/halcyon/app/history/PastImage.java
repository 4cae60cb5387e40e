package dev.halcyon.app.history;

import dev.halcyon.app.decision.Decider;
import dev.halcyon.clip.Evidence;
import dev.halcyon.events.EvidenceEvent;

/**
 * The latest evidence of one image.
 *
 * @param event as it was kept
 * @param evidence the same, to decide by
 * @param context what a decision needs beside it
 */
record PastImage(EvidenceEvent event, Evidence evidence, Decider.Context context) {}
