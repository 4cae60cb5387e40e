/** How fast history is decided again, beside the plain matrix product it cannot do without. */
package dev.halcyon.bench.redecide;
