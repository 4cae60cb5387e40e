/**
 * The model's graphs in ONNX Runtime: providers, sessions, tensors. The one place that names the
 * runtime; its exceptions do not leave.
 */
package dev.halcyon.clip.onnx;
