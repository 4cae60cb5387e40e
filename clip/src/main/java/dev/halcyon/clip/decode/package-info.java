/** Encoded bytes to upright RGB pictures, with limits read from the header before decoding. */
package dev.halcyon.clip.decode;
