package dev.halcyon.app.decision;

/**
 * The exact label set that decided.
 *
 * @param name name of the set
 * @param version rising from 1
 * @param contentHash SHA-256 in hex of the canonical form
 */
public record LabelSetVersion(String name, int version, String contentHash) {}
