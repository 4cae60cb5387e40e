/**
 * Bytes of a JPEG to a model's input, beside the same with the JDK's own decoder, measured with
 * JMH.
 */
package dev.halcyon.bench.preprocess;
