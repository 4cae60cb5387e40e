package dev.halcyon.clip.model;

/**
 * A file the model is made of.
 *
 * @param path relative to the directory, with slashes
 * @param bytes its length
 * @param sha256 its SHA-256 in hex
 */
public record ModelFile(String path, long bytes, String sha256) {}
