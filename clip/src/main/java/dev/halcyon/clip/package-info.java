/**
 * Image bytes to evidence. The seam to the rest of the program: {@link
 * dev.halcyon.clip.ImageAnalyzer} takes an image and promises an {@link dev.halcyon.clip.Outcome},
 * {@link dev.halcyon.clip.TextEncoder} turns prompts into embeddings of the same space. Nothing
 * here knows Kafka or label sets.
 */
package dev.halcyon.clip;
