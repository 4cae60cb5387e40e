/**
 * Images of all threads gathered into batches for one device. Knows no model, no runtime and no
 * Kafka: {@link dev.halcyon.clip.batch.BatchRunner} is the device, real or simulated, {@link
 * dev.halcyon.clip.batch.Batcher} is everything before it.
 */
package dev.halcyon.clip.batch;
