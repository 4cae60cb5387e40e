package dev.halcyon.labels;

/** The model and preprocessing the thresholds were set for; they mean nothing for another. */
public record Calibration(
    @Field("name of the model, as its manifest gives it") String modelId,
    @Field(
            value = "SHA-256 in hex over the model's files",
            pattern = "[0-9a-f]{64}",
            patternInWords = "64 digits of lower-case hexadecimal")
        String modelHash,
    @Field("identity of the pixel preprocessing, as the model's manifest gives it")
        String preprocessingId) {}
