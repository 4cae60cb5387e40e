/**
 * What becomes of uploads when processes are killed: real processes, a real broker, kill -9 at
 * random moments, and an audit of what is committed.
 */
package dev.halcyon.bench.kill;
