/** Our stream beside what one would otherwise use: the same model, images, broker and machine. */
package dev.halcyon.bench.peers;
