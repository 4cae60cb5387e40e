/**
 * The public contract of Halcyon: one class an event, generated from the schemas in {@code
 * src/main/avro}.
 */
package dev.halcyon.events;
