/**
 * The stream itself: uploads in, tags, alerts, evidence and rejects out. {@link
 * dev.halcyon.app.topology.ModerationTopology} is a function from parts to a topology; {@code
 * PendingWindow} is what lets a stream thread wait for an engine without losing an image; {@link
 * dev.halcyon.app.topology.ModerationStream} runs it.
 */
package dev.halcyon.app.topology;
