/**
 * The way of one image: fetch, hash, look for evidence of the same bytes, decode, preprocess,
 * batch. {@link dev.halcyon.clip.analyze.AnalysisPipeline} is the {@link
 * dev.halcyon.clip.ImageAnalyzer} of the program.
 */
package dev.halcyon.clip.analyze;
