package dev.halcyon.labels;

/**
 * The model and preprocessing the thresholds were set for; they mean nothing for another.
 *
 * @param modelId the model's name
 * @param modelHash SHA-256 in hex over the model's files
 * @param preprocessingId identity of the pixel preprocessing
 */
public record Calibration(String modelId, String modelHash, String preprocessingId) {}
