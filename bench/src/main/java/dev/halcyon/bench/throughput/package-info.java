/**
 * How fast the engine is beside what is possible: the whole stream against the cap of a device and
 * against a plain loop, latency under load, and how cost and memory grow.
 */
package dev.halcyon.bench.throughput;
