/**
 * How fast an image encoder is: the program's own path from decoded pixels to embeddings beside a
 * bare loop over the runtime, on one model and one machine.
 */
package dev.halcyon.app.speed;
