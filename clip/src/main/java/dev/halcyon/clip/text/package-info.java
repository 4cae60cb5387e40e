/**
 * Written text in pictures: where it stands, what it says, and the picture without it. PP-OCR's two
 * graphs run in batches of their own, through the same engine as the encoder. {@link
 * dev.halcyon.clip.text.OcrTextLooker} is the {@link dev.halcyon.clip.analyze.TextLooker} of the
 * program.
 */
package dev.halcyon.clip.text;
