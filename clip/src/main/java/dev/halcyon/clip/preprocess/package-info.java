/** Upright RGB pictures to the numbers a model was trained on: resize, crop, normalise, tile. */
package dev.halcyon.clip.preprocess;
