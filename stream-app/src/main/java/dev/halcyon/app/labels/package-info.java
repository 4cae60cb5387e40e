/**
 * Label sets between the topics and the decider: published by {@link
 * dev.halcyon.app.labels.LabelSetStore}, read and acknowledged by {@link
 * dev.halcyon.app.labels.LabelSetFeed}, and made ready for scoring by {@link
 * dev.halcyon.app.labels.LabelSetCompiler}.
 */
package dev.halcyon.app.labels;
