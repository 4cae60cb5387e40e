/** Measurements side by side in one run on one machine: ours, the ceiling, the peer. */
package dev.halcyon.bench;
