/**
 * From examples to figures: thresholds for a wanted false-positive rate or precision, labels
 * learned from pictures, and how sure either can be. Pure arithmetic: no pictures, no files, no
 * Kafka.
 */
package dev.halcyon.app.calibration;
