package dev.halcyon.bench.kill;

/**
 * What an audit found among committed records.
 *
 * @param distinct uploads with an outcome
 * @param lost uploads without one
 * @param duplicated outcomes beyond the first of an upload
 * @param reordered tag events that came after a tag event of a later upload of the same key
 * @param disagreeing uploads whose alerts or evidence do not fit their tag event
 * @param unfinished partitions with a transaction that is neither committed nor aborted
 */
record AuditReport(
    int distinct, int lost, int duplicated, int reordered, int disagreeing, int unfinished) {}
